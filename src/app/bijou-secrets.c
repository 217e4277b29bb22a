#include "config.h"

#include "bijou-secrets.h"

#include "bijou-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>

#define GROUP "secrets"

/* The service answers at once or asks the user to unlock it; nobody waits longer than this. */
#define KEYRING_TIMEOUT_MS (60 * 1000)

struct _BijouSecrets
{
  GObject parent_instance;

  char *file;            /* (owned) the fallback, mode 0600 */
  GCancellable *stopped; /* (owned) */

  struct
  {
    GMutex lock;      /* also serialises use of the file within this process */
    gboolean keyring; /* the Secret Service is used */
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
bijou_secrets_finalize (GObject *object)
{
  BijouSecrets *self = BIJOU_SECRETS (object);

  g_free (self->file);
  g_object_unref (self->stopped);
  g_mutex_clear (&self->shared.lock);

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
  g_mutex_init (&self->shared.lock);
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
  self->shared.keyring = !prefer_file && is_keyring_there ();
  return self;
}

/**
 * bijou_secrets_has_keyring:
 * @self: the secrets
 *
 * Returns: whether the Secret Service is used; Preferences says so when it is not. Any thread.
 */
gboolean
bijou_secrets_has_keyring (BijouSecrets *self)
{
  gboolean keyring;

  g_mutex_lock (&self->shared.lock);
  keyring = self->shared.keyring;
  g_mutex_unlock (&self->shared.lock);
  return keyring;
}

static void
give_keyring_up (BijouSecrets *self, const GError *error)
{
  if (g_cancellable_is_cancelled (self->stopped))
    return;
  g_message ("The keyring does not answer (%s); secrets go to a file", error->message);
  g_mutex_lock (&self->shared.lock);
  self->shared.keyring = FALSE;
  g_mutex_unlock (&self->shared.lock);
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

/* One call of the keyring. */
typedef struct
{
  GCancellable *stopped; /* (owned) of the secrets */
  gulong stopped_id;
  GCancellable *cancellable; /* (owned) */
  GSource *deadline;         /* (owned) */
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
  call->cancellable = g_cancellable_new ();
  call->deadline = g_timeout_source_new (KEYRING_TIMEOUT_MS);
  g_source_set_callback (call->deadline, on_deadline_cb, g_object_ref (call->cancellable),
                         g_object_unref);
  g_source_attach (call->deadline, NULL);
  call->stopped = g_object_ref (self->stopped);
  call->stopped_id = g_cancellable_connect (call->stopped, G_CALLBACK (on_stopped_cb),
                                            g_object_ref (call->cancellable), g_object_unref);
}

static void
call_end (Call *call)
{
  g_cancellable_disconnect (call->stopped, call->stopped_id);
  g_source_destroy (call->deadline);
  g_source_unref (call->deadline);
  g_object_unref (call->stopped);
  g_object_unref (call->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_end)

/**
 * bijou_secrets_store:
 * @self: the secrets
 * @name: "server/ID" or "account/ID"
 * @secret: what to keep
 * @error: return location
 *
 * Keeps a secret; when the keyring fails it goes to the file. Blocking, any thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE when it could be kept nowhere
 */
gboolean
bijou_secrets_store (BijouSecrets *self, const char *name, const char *secret, GError **error)
{
  if (bijou_secrets_has_keyring (self))
    {
      g_autoptr (GError) local = NULL;
      g_auto (Call) call = { 0 };

      call_begin (self, &call);
      if (secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, "Bijou", secret,
                                      call.cancellable, &local, "name", name, NULL))
        return TRUE;
      give_keyring_up (self, local);
    }
  return change_file (self, name, secret, error);
}

/**
 * bijou_secrets_lookup:
 * @self: the secrets
 * @name: "server/ID" or "account/ID"
 * @error: return location
 *
 * Looks in the keyring, then in the file. Blocking, any thread.
 *
 * Returns: (transfer full) (nullable): the secret; %NULL without @error when there is none
 */
char *
bijou_secrets_lookup (BijouSecrets *self, const char *name, GError **error)
{
  if (bijou_secrets_has_keyring (self))
    {
      g_autoptr (GError) local = NULL;
      g_auto (Call) call = { 0 };
      char *kept, *secret;

      call_begin (self, &call);
      kept = secret_password_lookup_sync (&schema, call.cancellable, &local, "name", name, NULL);
      secret = g_strdup (kept);
      secret_password_free (kept); /* it may be in locked memory */
      if (secret != NULL)
        return secret;
      if (local != NULL)
        give_keyring_up (self, local);
    }
  return lookup_in_file (self, name, error);
}

/**
 * bijou_secrets_clear:
 * @self: the secrets
 * @name: "server/ID" or "account/ID"
 * @error: return location
 *
 * Forgets a secret, wherever it is. Blocking, any thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE when the file could not be written
 */
gboolean
bijou_secrets_clear (BijouSecrets *self, const char *name, GError **error)
{
  g_autofree char *in_file = NULL;

  if (bijou_secrets_has_keyring (self))
    {
      g_autoptr (GError) local = NULL;
      g_auto (Call) call = { 0 };

      call_begin (self, &call);
      secret_password_clear_sync (&schema, call.cancellable, &local, "name", name, NULL);
      if (local != NULL)
        give_keyring_up (self, local);
    }
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
