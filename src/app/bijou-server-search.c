#include "config.h"

#include "bijou-server-search.h"

#define SEARCH_MS 4000

/* One search, shared by its thread and by what it has to say. */
typedef struct
{
  BijouServerSearch *owner;  /* (unowned) (nullable) main thread only; NULL: nobody listens */
  GCancellable *cancellable; /* (owned) */
} Run;

struct _BijouServerSearch
{
  GObject parent_instance;

  BijouContext *context; /* (owned) */
  Run *run;              /* (owned) (nullable) while a search runs */
  GThread *thread;       /* (owned) (nullable) */
};

enum
{
  FOUND,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouServerSearch, bijou_server_search, G_TYPE_OBJECT)

/* What the thread has to say, on its way to the main thread. */
typedef struct
{
  Run *run;                    /* (owned) */
  BijouDiscovered *discovered; /* (owned) (nullable) NULL: the search has ended */
} Message;

static void
run_clear (gpointer data)
{
  g_object_unref (((Run *) data)->cancellable);
}

static void
run_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, run_clear);
}

static void
message_free (gpointer data)
{
  Message *message = data;

  run_unref (message->run);
  g_clear_pointer (&message->discovered, bijou_discovered_free);
  g_free (message);
}

static gboolean
is_signed_in (BijouServerSearch *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, server_id);

  return backend != NULL;
}

static gboolean
on_message_cb (gpointer data)
{
  Message *message = data;
  BijouServerSearch *self = message->run->owner;

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (message->discovered == NULL)
    bijou_server_search_stop (self);
  else if (!is_signed_in (self, message->discovered->server_id))
    g_signal_emit (self, signals[FOUND], 0, message->discovered);
  return G_SOURCE_REMOVE;
}

static void
tell (Run *run, const BijouDiscovered *discovered)
{
  Message *message = g_new0 (Message, 1);

  message->run = g_atomic_rc_box_acquire (run);
  message->discovered = discovered != NULL ? bijou_discovered_copy (discovered) : NULL;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_message_cb, message, message_free);
}

static void
on_discovered_cb (const BijouDiscovered *discovered, gpointer user_data)
{
  tell (user_data, discovered);
}

static gpointer
search_in_thread (gpointer data)
{
  Run *run = data;

  bijou_backend_type_discover (NULL, NULL, SEARCH_MS, on_discovered_cb, run, run->cancellable);
  tell (run, NULL);
  run_unref (run);
  return NULL;
}

static void
bijou_server_search_dispose (GObject *object)
{
  BijouServerSearch *self = BIJOU_SERVER_SEARCH (object);

  bijou_server_search_stop (self);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_server_search_parent_class)->dispose (object);
}

static void
bijou_server_search_class_init (BijouServerSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_server_search_dispose;
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
bijou_server_search_init (BijouServerSearch *self)
{
}

/**
 * bijou_server_search_new:
 * @context: the context
 *
 * Returns: (transfer full): a search that does not run
 */
BijouServerSearch *
bijou_server_search_new (BijouContext *context)
{
  BijouServerSearch *self = g_object_new (BIJOU_TYPE_SERVER_SEARCH, NULL);

  self->context = g_object_ref (context);
  return self;
}

/**
 * bijou_server_search_start:
 * @self: a search
 *
 * Looks for four seconds and says what it finds as it comes, then `ended`.
 */
void
bijou_server_search_start (BijouServerSearch *self)
{
  g_return_if_fail (BIJOU_IS_SERVER_SEARCH (self));

  if (self->run != NULL)
    return;
  self->run = g_atomic_rc_box_new0 (Run);
  self->run->owner = self;
  self->run->cancellable = g_cancellable_new ();
  self->thread =
      g_thread_new ("bijou-discovery", search_in_thread, g_atomic_rc_box_acquire (self->run));
}

/**
 * bijou_server_search_stop:
 * @self: a search
 *
 * Ends it, if it runs. The thread heeds the cancellable at once, so that it can be waited for.
 */
void
bijou_server_search_stop (BijouServerSearch *self)
{
  if (self->run == NULL)
    return;
  g_cancellable_cancel (self->run->cancellable);
  g_clear_pointer (&self->thread, g_thread_join);
  self->run->owner = NULL;
  g_clear_pointer (&self->run, run_unref);
  g_signal_emit (self, signals[ENDED], 0);
}
