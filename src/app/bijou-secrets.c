#include "config.h"

#include "bijou-secrets.h"

#include "bijou-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>

#define GROUP "secrets"

/* The service answers at once or asks the user to unlock it; nobody waits longer than this. */
#define KEYRING_TIMEOUT_MS (60 * 1000)

/* A user who does not want to unlock the keyring now is not asked again at once. */
#define NO_PROMPT_US (60 * G_USEC_PER_SEC)

struct _BijouSecrets
{
  GObject parent_instance;

  char *file;            /* (owned) where there is no keyring, mode 0600 */
  GCancellable *stopped; /* (owned) */
  gboolean keyring;      /* the Secret Service is used */
  GMutex calls;          /* one call of the keyring at a time: it may ask the user */

  struct
  {
    GMutex lock;         /* also serialises use of the file within this process */
    GHashTable *waiting; /* (owned) name to secret that the keyring did not take; "": remove it */
    gint64 no_prompt_until; /* monotonic */
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouSecrets, bijou_secrets, G_TYPE_OBJECT)

static const SecretSchema schema = {
  "io.github.bijouplayer.Bijou",
  SECRET_SCHEMA_NONE,
  { { "name", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
  0,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
};

static void
free_secret (gpointer data)
{
  char *secret = data;

  memset (secret, 0, strlen (secret));
  g_free (secret);
}

static void
bijou_secrets_finalize (GObject *object)
{
  BijouSecrets *self = BIJOU_SECRETS (object);

  g_free (self->file);
  g_object_unref (self->stopped);
  g_hash_table_unref (self->shared.waiting);
  g_mutex_clear (&self->shared.lock);
  g_mutex_clear (&self->calls);

  G_OBJECT_CLASS (bijou_secrets_parent_class)->finalize (object);
}

static void
bijou_secrets_class_init (BijouSecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_secrets_finalize;
}

static void
bijou_secrets_init (BijouSecrets *self)
{
  g_mutex_init (&self->calls);
  g_mutex_init (&self->shared.lock);
  self->shared.waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_secret);
  self->stopped = g_cancellable_new ();
}

/* Asking the bus whether the name is there or can be started avoids the service's own long waits.
 */
static gboolean
is_keyring_there (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GVariant) startable = NULL;
  g_autofree const char **names = NULL;
  gboolean has_owner = FALSE;

  if (bus == NULL)
    return FALSE;

  owned = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "NameHasOwner",
                                       g_variant_new ("(s)", "org.freedesktop.secrets"),
                                       G_VARIANT_TYPE ("(b)"), 0, 2000, NULL, NULL);
  if (owned != NULL)
    g_variant_get (owned, "(b)", &has_owner);
  if (has_owner)
    return TRUE;

  startable = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                           "org.freedesktop.DBus", "ListActivatableNames", NULL,
                                           G_VARIANT_TYPE ("(as)"), 0, 2000, NULL, NULL);
  if (startable == NULL)
    return FALSE;
  g_variant_get (startable, "(^a&s)", &names);
  return g_strv_contains (names, "org.freedesktop.secrets");
}

/**
 * bijou_secrets_new:
 * @file: the fallback file; its folder is made when needed
 * @prefer_file: do not look for the Secret Service
 *
 * Returns: (transfer full): the secrets
 */
BijouSecrets *
bijou_secrets_new (const char *file, gboolean prefer_file)
{
  BijouSecrets *self = g_object_new (BIJOU_TYPE_SECRETS, NULL);

  self->file = g_strdup (file);
  self->keyring = !prefer_file && is_keyring_there ();
  return self;
}

/**
 * bijou_secrets_get_place:
 * @self: the secrets
 *
 * Returns: where they are; in memory as long as the keyring did not take one. Any thread.
 */
BijouSecretsPlace
bijou_secrets_get_place (BijouSecrets *self)
{
  guint n_waiting;

  if (!self->keyring)
    return BIJOU_SECRETS_IN_FILE;
  g_mutex_lock (&self->shared.lock);
  n_waiting = g_hash_table_size (self->shared.waiting);
  g_mutex_unlock (&self->shared.lock);
  return n_waiting > 0 ? BIJOU_SECRETS_IN_MEMORY : BIJOU_SECRETS_IN_KEYRING;
}

static GKeyFile *
read_file (BijouSecrets *self, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) local = NULL;

  if (!g_key_file_load_from_file (keys, self->file, G_KEY_FILE_NONE, &local) &&
      !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE,
                   _ ("The secrets file cannot be read: %s"), local->message);
      return NULL;
    }
  return g_steal_pointer (&keys);
}

static gboolean
write_file (BijouSecrets *self, GKeyFile *keys, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autofree char *data = g_key_file_to_data (keys, NULL, NULL);
  g_autoptr (GError) local = NULL;

  g_mkdir_with_parents (folder, 0700);
  if (g_file_set_contents_full (self->file, data, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local))
    {
      g_chmod (self->file, 0600);
      return TRUE;
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE,
               _ ("The secrets file cannot be written: %s"), local->message);
  return FALSE;
}

static gboolean
change_file (BijouSecrets *self, const char *name, const char *secret, GError **error)
{
  g_autoptr (GKeyFile) keys = NULL;
  gboolean done = FALSE;

  g_mutex_lock (&self->shared.lock);
  keys = read_file (self, error);
  if (keys != NULL && secret != NULL)
    g_key_file_set_string (keys, GROUP, name, secret);
  else if (keys != NULL)
    g_key_file_remove_key (keys, GROUP, name, NULL);
  done = keys != NULL && write_file (self, keys, error);
  g_mutex_unlock (&self->shared.lock);
  return done;
}

static char *
lookup_in_file (BijouSecrets *self, const char *name, GError **error)
{
  g_autoptr (GKeyFile) keys = NULL;
  char *secret = NULL;

  g_mutex_lock (&self->shared.lock);
  keys = read_file (self, error);
  if (keys != NULL)
    secret = g_key_file_get_string (keys, GROUP, name, NULL);
  g_mutex_unlock (&self->shared.lock);
  return secret;
}

/* --- the keyring --- */

/* One call of the keyring. */
typedef struct
{
  BijouSecrets *secrets; /* (unowned) */
  gulong stopped_id;
  GCancellable *cancellable; /* (owned) */
  GSource *deadline;         /* (owned) */
  gboolean may_prompt;
} Call;

static gboolean
on_deadline_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
on_stopped_cb (GCancellable *stopped, gpointer data)
{
  g_cancellable_cancel (data);
}

/* libsecret's blocking calls run a context of their own; the deadline turns with the main loop. */
static void
call_begin (BijouSecrets *self, Call *call)
{
  g_mutex_lock (&self->calls);
  call->secrets = self;
  call->cancellable = g_cancellable_new ();
  call->deadline = g_timeout_source_new (KEYRING_TIMEOUT_MS);
  g_source_set_callback (call->deadline, on_deadline_cb, g_object_ref (call->cancellable),
                         g_object_unref);
  g_source_attach (call->deadline, NULL);
  call->stopped_id = g_cancellable_connect (self->stopped, G_CALLBACK (on_stopped_cb),
                                            g_object_ref (call->cancellable), g_object_unref);
  g_mutex_lock (&self->shared.lock);
  call->may_prompt = g_get_monotonic_time () >= self->shared.no_prompt_until;
  g_mutex_unlock (&self->shared.lock);
}

static void
call_end (Call *call)
{
  g_cancellable_disconnect (call->secrets->stopped, call->stopped_id);
  g_source_destroy (call->deadline);
  g_source_unref (call->deadline);
  g_object_unref (call->cancellable);
  g_mutex_unlock (&call->secrets->calls);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_end)

static void
set_locked (Call *call, GError **error)
{
  BijouSecrets *self = call->secrets;

  if (call->may_prompt)
    {
      g_mutex_lock (&self->shared.lock);
      self->shared.no_prompt_until = g_get_monotonic_time () + NO_PROMPT_US;
      g_mutex_unlock (&self->shared.lock);
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, _ ("The keyring is locked"));
}

/* A prompt that nobody answers counts as one that was refused. */
static void
set_keyring_error (Call *call, const GError *cause, GError **error)
{
  if (g_cancellable_is_cancelled (call->secrets->stopped))
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The program ends");
  else if (g_cancellable_is_cancelled (call->cancellable) ||
           g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    set_locked (call, error);
  else
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, _ ("The keyring does not answer: %s"),
                 cause != NULL ? cause->message : "?");
}

/* Whether what is new would have to be asked about. */
static gboolean
is_locked (Call *call)
{
  g_autoptr (SecretService) service =
      secret_service_get_sync (SECRET_SERVICE_NONE, call->cancellable, NULL);
  g_autoptr (SecretCollection) collection = NULL;

  if (service == NULL)
    return FALSE;
  collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                 SECRET_COLLECTION_NONE, call->cancellable, NULL);
  return collection == NULL || secret_collection_get_locked (collection);
}

typedef gboolean (*KeyringFunc) (
    Call *call, const char *name, const char *secret, char **found, GError **error);

static gboolean
store_in_keyring (Call *call, const char *name, const char *secret, char **found, GError **error)
{
  if (!call->may_prompt && is_locked (call))
    {
      g_set_error (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "Locked");
      return FALSE;
    }
  return secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, "Bijou", secret,
                                     call->cancellable, error, "name", name, NULL);
}

static GList *
search (Call *call, const char *name, SecretSearchFlags flags, GError **error)
{
  g_autoptr (GHashTable) attributes = secret_attributes_build (&schema, "name", name, NULL);

  if (call->may_prompt)
    flags |= SECRET_SEARCH_UNLOCK;
  return secret_service_search_sync (NULL, &schema, attributes, flags, call->cancellable, error);
}

static gboolean
lookup_in_keyring (Call *call, const char *name, const char *secret, char **found, GError **error)
{
  g_autolist (SecretItem) items = NULL;
  g_autoptr (GError) local = NULL;
  SecretValue *value;

  items = search (call, name, SECRET_SEARCH_LOAD_SECRETS, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (items == NULL)
    return TRUE;
  value = secret_item_get_secret (items->data);
  if (value == NULL)
    {
      g_set_error (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "Locked");
      return FALSE;
    }
  *found = g_strdup (secret_value_get_text (value));
  secret_value_unref (value);
  return TRUE;
}

static gboolean
clear_in_keyring (Call *call, const char *name, const char *secret, char **found, GError **error)
{
  g_autolist (SecretItem) items = NULL;
  g_autoptr (GError) local = NULL;

  items = search (call, name, SECRET_SEARCH_ALL, &local);
  for (GList *link = items; link != NULL && local == NULL; link = link->next)
    if (secret_item_get_locked (link->data))
      g_set_error (&local, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "Locked");
    else
      secret_item_delete_sync (link->data, call->cancellable, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* A service that was started anew does not know the session of the old one. */
static gboolean
run_in_keyring (BijouSecrets *self,
                KeyringFunc func,
                const char *name,
                const char *secret,
                char **found,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (Call) call = { 0 };

  call_begin (self, &call);
  if (func (&call, name, secret, found, &local))
    return TRUE;
  if (!g_cancellable_is_cancelled (call.cancellable) &&
      !g_error_matches (local, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    {
      g_clear_error (&local);
      secret_service_disconnect ();
      if (func (&call, name, secret, found, &local))
        return TRUE;
    }
  set_keyring_error (&call, local, error);
  return FALSE;
}

/* --- what waits for the keyring --- */

static void
let_wait (BijouSecrets *self, const char *name, const char *secret, const GError *cause)
{
  g_message ("%s; what is signed in to or out of reaches it later", cause->message);
  g_mutex_lock (&self->shared.lock);
  g_hash_table_replace (self->shared.waiting, g_strdup (name), g_strdup (secret));
  g_mutex_unlock (&self->shared.lock);
}

static char *
dup_waiting (BijouSecrets *self, const char *name)
{
  char *secret;

  g_mutex_lock (&self->shared.lock);
  secret = g_strdup (g_hash_table_lookup (self->shared.waiting, name));
  g_mutex_unlock (&self->shared.lock);
  return secret;
}

static void
drop_waiting (BijouSecrets *self, const char *name)
{
  g_mutex_lock (&self->shared.lock);
  g_hash_table_remove (self->shared.waiting, name);
  g_mutex_unlock (&self->shared.lock);
}

static gboolean
put_into_keyring (BijouSecrets *self, const char *name, const char *secret, GError **error)
{
  return *secret != '\0' ? run_in_keyring (self, store_in_keyring, name, secret, NULL, error)
                         : run_in_keyring (self, clear_in_keyring, name, NULL, NULL, error);
}

/* Once the keyring takes something, it takes what it did not before. */
static void
catch_up (BijouSecrets *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  g_mutex_lock (&self->shared.lock);
  g_hash_table_iter_init (&iter, self->shared.waiting);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_mutex_unlock (&self->shared.lock);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *secret = dup_waiting (self, names->pdata[i]);

      if (secret == NULL || !put_into_keyring (self, names->pdata[i], secret, NULL))
        return;
      drop_waiting (self, names->pdata[i]);
    }
}

/* --- --- */

/**
 * bijou_secrets_store:
 * @self: the secrets
 * @name: "server/ID" or "account/BACKEND/ID"
 * @secret: what to keep, not empty
 * @error: return location
 *
 * Keeps a secret. Where there is a keyring it goes there or, as long as that is locked or gone, is
 * kept in memory and goes there later; it never goes to a file then. Blocking, any thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE when it could be kept nowhere
 */
gboolean
bijou_secrets_store (BijouSecrets *self, const char *name, const char *secret, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (secret != NULL && *secret != '\0', FALSE);

  if (!self->keyring)
    return change_file (self, name, secret, error);
  if (!put_into_keyring (self, name, secret, &local))
    {
      let_wait (self, name, secret, local);
      return TRUE;
    }
  drop_waiting (self, name);
  catch_up (self);
  return TRUE;
}

/* What was kept while there was no keyring moves into the one that there is now. */
static char *
move_from_file (BijouSecrets *self, const char *name, GError **error)
{
  char *secret = lookup_in_file (self, name, error);

  if (secret != NULL && *secret != '\0' && put_into_keyring (self, name, secret, NULL))
    change_file (self, name, NULL, NULL);
  return secret;
}

/**
 * bijou_secrets_lookup:
 * @self: the secrets
 * @name: "server/ID" or "account/BACKEND/ID"
 * @error: return location
 *
 * Looks in the keyring, then in the file. Blocking, any thread.
 *
 * Returns: (transfer full) (nullable): the secret; %NULL without @error when there is none; with
 *   %BIJOU_ERROR_STORAGE when there may be one, but the keyring is locked or gone
 */
char *
bijou_secrets_lookup (BijouSecrets *self, const char *name, GError **error)
{
  g_autofree char *waiting = dup_waiting (self, name);
  g_autoptr (GError) local = NULL;
  char *secret = NULL;

  if (waiting != NULL)
    return *waiting != '\0' ? g_steal_pointer (&waiting) : NULL;
  if (!self->keyring)
    return lookup_in_file (self, name, error);
  if (run_in_keyring (self, lookup_in_keyring, name, NULL, &secret, &local))
    return secret != NULL ? secret : move_from_file (self, name, error);

  secret = lookup_in_file (self, name, NULL);
  if (secret == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return secret;
}

/**
 * bijou_secrets_clear:
 * @self: the secrets
 * @name: "server/ID" or "account/BACKEND/ID"
 * @error: return location
 *
 * Forgets a secret, wherever it is; a keyring that is locked or gone is told when it is there
 * again, as long as the program runs. Blocking, any thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE when the file could not be written
 */
gboolean
bijou_secrets_clear (BijouSecrets *self, const char *name, GError **error)
{
  g_autofree char *in_file = NULL;
  g_autoptr (GError) local = NULL;

  if (self->keyring && run_in_keyring (self, clear_in_keyring, name, NULL, NULL, &local))
    drop_waiting (self, name);
  else if (self->keyring)
    let_wait (self, name, "", local);
  in_file = lookup_in_file (self, name, NULL);
  return in_file == NULL || change_file (self, name, NULL, error);
}

/**
 * bijou_secrets_stop:
 * @self: the secrets
 *
 * Ends what waits for the keyring, so that the program can end while it asks to be unlocked. Any
 * thread.
 */
void
bijou_secrets_stop (BijouSecrets *self)
{
  g_cancellable_cancel (self->stopped);
}
