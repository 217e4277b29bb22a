#include "config.h"

#include "bijou-forget.h"

#include "bijou-context-private.h"
#include "bijou-media-cache.h"
#include "bijou-prefetch.h"
#include "bijou-outbox.h"
#include "bijou-sync-lock.h"

#define SEND_PATIENCE_US (5 * G_USEC_PER_SEC)

/* --- what waits to be sent --- */

typedef struct
{
  GCancellable *cancellable; /* (owned) */

  struct
  {
    GMutex lock;
    GCond changed;
    guint pending;
  } shared;
} Round;

typedef struct
{
  Round *round;          /* (unowned) outlives the thread */
  BijouStore *store;     /* (unowned) likewise */
  BijouBackend *backend; /* (owned) */
} Sending;

static gpointer
send_in_thread (gpointer data)
{
  Sending *sending = data;
  Round *round = sending->round;
  g_autoptr (GError) error = NULL;

  if (!bijou_outbox_flush (sending->store, sending->backend, NULL, round->cancellable, &error))
    g_message ("What waited for %s is lost: %s", bijou_backend_get_server_id (sending->backend),
               error->message);
  g_object_unref (sending->backend);
  g_free (sending);

  g_mutex_lock (&round->shared.lock);
  round->shared.pending--;
  g_cond_signal (&round->shared.changed);
  g_mutex_unlock (&round->shared.lock);
  return NULL;
}

static gboolean
has_waiting (BijouStore *store, const char *server_id)
{
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (store, server_id, NULL);

  return changes != NULL && changes->len > 0;
}

static void
begin_sending (BijouContext *context, Round *round, const char *server_id, GPtrArray *threads)
{
  BijouStore *store = bijou_context_get_store (context);
  BijouBackend *backend =
      has_waiting (store, server_id) ? bijou_context_get_backend (context, server_id) : NULL;
  Sending *sending;

  if (backend == NULL)
    return;
  sending = g_new0 (Sending, 1);
  sending->round = round;
  sending->store = store;
  sending->backend = backend;
  g_mutex_lock (&round->shared.lock);
  round->shared.pending++;
  g_mutex_unlock (&round->shared.lock);
  g_ptr_array_add (threads, g_thread_new ("bijou-outbox", send_in_thread, sending));
}

/**
 * bijou_forget_send_waiting:
 * @context: the context
 * @server_ids: (element-type char *): servers whose user is about to be forgotten
 *
 * Sends what waits to be sent, to all of them at once, for five seconds at most.
 */
void
bijou_forget_send_waiting (BijouContext *context, GPtrArray *server_ids)
{
  gint64 until = g_get_monotonic_time () + SEND_PATIENCE_US;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Round round = { .cancellable = cancellable };
  gboolean in_time = TRUE;

  g_mutex_init (&round.shared.lock);
  g_cond_init (&round.shared.changed);
  for (guint i = 0; i < server_ids->len; i++)
    begin_sending (context, &round, g_ptr_array_index (server_ids, i), threads);

  g_mutex_lock (&round.shared.lock);
  while (round.shared.pending > 0 && in_time)
    in_time = g_cond_wait_until (&round.shared.changed, &round.shared.lock, until);
  g_mutex_unlock (&round.shared.lock);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  g_mutex_clear (&round.shared.lock);
  g_cond_clear (&round.shared.changed);
}

/* --- forgetting --- */

static gboolean
cancel_sync_cb (gpointer data)
{
  GTask *carrier = data;
  BijouContext *context = g_task_get_source_object (carrier);

  bijou_sync_service_cancel (bijou_context_get_sync (context), g_task_get_task_data (carrier));
  return G_SOURCE_REMOVE;
}

/* The service lives on the main thread. */
static void
cancel_sync (BijouContext *context, const char *server_id)
{
  GTask *carrier = g_task_new (context, NULL, NULL, NULL);

  g_task_set_task_data (carrier, g_strdup (server_id), g_free);
  g_idle_add_full (G_PRIORITY_HIGH, cancel_sync_cb, carrier, g_object_unref);
}

static void
clear_caches (BijouContext *context, const char *server_id)
{
  bijou_media_cache_clear (bijou_context_get_media_cache (context), server_id);
  bijou_image_cache_clear (bijou_context_get_image_cache (context), server_id);
}

typedef gboolean (*ForgetFunc) (BijouStore *store, const char *server_id, GError **error);

/* A sync that still runs would write the rows of the old user among those of the new one. */
static gboolean
forget (BijouContext *context, const char *server_id, ForgetFunc forget_rows, GError **error)
{
  BijouStore *store = bijou_context_get_store (context);
  g_autofree char *name = g_strconcat ("server/", server_id, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (BijouSyncLock) lock = NULL;

  cancel_sync (context, server_id);
  bijou_backends_remove (bijou_context_get_backends (context), server_id);
  bijou_prefetch_forget (bijou_context_get_prefetch (context), server_id);
  lock = bijou_sync_lock_take (store, server_id, NULL, &local);
  if (lock == NULL)
    g_message ("The sync of %s is not waited for: %s", server_id, local->message);
  clear_caches (context, server_id);
  return bijou_secrets_clear (bijou_context_get_secrets (context), name, error) &&
         forget_rows (store, server_id, error);
}

/**
 * bijou_forget_user:
 * @context: the context
 * @server_id: a server
 * @error: return location
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_forget_user (BijouContext *context, const char *server_id, GError **error)
{
  return forget (context, server_id, bijou_store_forget_user, error);
}

/**
 * bijou_forget_server:
 * @context: the context
 * @server_id: a server
 * @error: return location
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_forget_server (BijouContext *context, const char *server_id, GError **error)
{
  BijouTrustKeeper *trust = bijou_backends_get_trust_keeper (bijou_context_get_backends (context));

  return bijou_trust_keeper_forget (trust, server_id, error) &&
         forget (context, server_id, bijou_store_remove_server, error);
}

/**
 * bijou_forget_finish:
 * @context: the context
 * @server_ids: (element-type char *): servers that were forgotten, or their users
 * @error: return location
 *
 * Also removes the pictures that were on their way meanwhile.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_forget_finish (BijouContext *context, GPtrArray *server_ids, GError **error)
{
  gboolean done = bijou_store_scrub (bijou_context_get_store (context), error);

  for (guint i = 0; i < server_ids->len; i++)
    clear_caches (context, g_ptr_array_index (server_ids, i));
  return done;
}
