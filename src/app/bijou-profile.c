#include "config.h"

#include "bijou-profile.h"

#include "bijou-error.h"
#include "bijou-text.h"

#include <errno.h>
#include <glib/gstdio.h>

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>

G_LOCK_DEFINE_STATIC (identity);

static gboolean
make_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;

  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, _ ("The folder %s cannot be made: %s"),
               folder, g_strerror (errno));
  return FALSE;
}

/**
 * bijou_profile_new:
 * @folder: (nullable): the folder of `--profile`, %NULL for the XDG directories
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the profile, its folders made; %BIJOU_ERROR_STORAGE
 */
BijouProfile *
bijou_profile_new (const char *folder, GError **error)
{
  g_autoptr (BijouProfile) self = g_new0 (BijouProfile, 1);

  if (folder != NULL)
    {
      g_autofree char *absolute = g_canonicalize_filename (folder, NULL);

      self->data_dir = g_build_filename (absolute, "data", NULL);
      self->cache_dir = g_build_filename (absolute, "cache", NULL);
      self->settings_file = g_build_filename (absolute, "settings.ini", NULL);
    }
  else
    {
      self->data_dir = g_build_filename (g_get_user_data_dir (), "bijou", NULL);
      self->cache_dir = g_build_filename (g_get_user_cache_dir (), "bijou", NULL);
    }

  if (!make_folder (self->data_dir, error) || !make_folder (self->cache_dir, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bijou_profile_free:
 * @self: (transfer full): a profile
 */
void
bijou_profile_free (BijouProfile *self)
{
  g_free (self->data_dir);
  g_free (self->cache_dir);
  g_free (self->settings_file);
  g_free (self);
}

/**
 * bijou_profile_get_file:
 * @self: a profile
 * @name: a file's name
 *
 * Returns: (transfer full): its path in the data directory
 */
char *
bijou_profile_get_file (BijouProfile *self, const char *name)
{
  return g_build_filename (self->data_dir, name, NULL);
}

/* Not installed, the compiled schema lies in the build folder beside the program's. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  g_autofree char *built = g_build_filename (folder, "..", "data", NULL);
  g_autoptr (GSettingsSchemaSource) source = NULL;
  GSettingsSchema *schema = NULL;

  source = g_settings_schema_source_new_from_directory (built, installed, TRUE, NULL);
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, FALSE);
  if (schema == NULL && installed != NULL)
    schema = g_settings_schema_source_lookup (installed, APPLICATION_ID, TRUE);
  return schema;
}

/**
 * bijou_profile_open_settings:
 * @self: a profile
 *
 * Returns: (transfer full) (nullable): the settings; %NULL when the schema is not installed
 */
GSettings *
bijou_profile_open_settings (BijouProfile *self)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();
  g_autoptr (GSettingsBackend) backend = NULL;

  if (schema == NULL)
    return NULL;
  if (self->settings_file != NULL)
    backend = g_keyfile_settings_backend_new (self->settings_file, "/", NULL);
  return g_settings_new_full (schema, backend, NULL);
}

/**
 * bijou_profile_dup_client_id:
 * @self: a profile
 * @account: "plex", or "jellyfin:" with what tells the user apart
 *
 * Returns: (transfer full): the identifier, the same at each call and in each run
 */
char *
bijou_profile_dup_client_id (BijouProfile *self, const char *account)
{
  g_autofree char *file = bijou_profile_get_file (self, "identity.ini");
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  char *id;

  G_LOCK (identity);
  g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, NULL);
  id = g_key_file_get_string (keys, "client", account, NULL);
  if (id == NULL)
    {
      id = bijou_text_make_uuid ();
      g_key_file_set_string (keys, "client", account, id);
      if (!g_key_file_save_to_file (keys, file, &error))
        g_warning ("The client identifier cannot be kept: %s", error->message);
    }
  G_UNLOCK (identity);
  return id;
}
