#include "config.h"

#include "bijou-library.h"

G_DEFINE_FINAL_TYPE (BijouLibrary, bijou_library, G_TYPE_OBJECT)

static const char *kind_names[] = {
  "movies", "shows", "videos", "mixed", "music", "photos", "other"
};

/**
 * bijou_library_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the command line and in the database
 */
const char *
bijou_library_kind_to_string (BijouLibraryKind kind)
{
  return (guint) kind < G_N_ELEMENTS (kind_names) ? kind_names[kind] : "other";
}

/**
 * bijou_library_kind_from_string:
 * @name: (nullable): a name of bijou_library_kind_to_string()
 *
 * Returns: the kind, %BIJOU_LIBRARY_OTHER for anything else
 */
BijouLibraryKind
bijou_library_kind_from_string (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0)
      return (BijouLibraryKind) i;
  return BIJOU_LIBRARY_OTHER;
}

static void
bijou_library_finalize (GObject *object)
{
  BijouLibrary *self = BIJOU_LIBRARY (object);

  g_free (self->server_id);
  g_free (self->remote_id);
  g_free (self->title);
  g_free (self->change_tag);

  G_OBJECT_CLASS (bijou_library_parent_class)->finalize (object);
}

static void
bijou_library_class_init (BijouLibraryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_library_finalize;
}

static void
bijou_library_init (BijouLibrary *self)
{
}

/**
 * bijou_library_new:
 * @server_id: its server
 * @remote_id: its identifier there
 * @title: its title
 *
 * Returns: (transfer full): a record to be filled before it is handed on
 */
BijouLibrary *
bijou_library_new (const char *server_id, const char *remote_id, const char *title)
{
  BijouLibrary *self = g_object_new (BIJOU_TYPE_LIBRARY, NULL);

  self->server_id = g_strdup (server_id);
  self->remote_id = g_strdup (remote_id);
  self->title = g_strdup (title != NULL && *title != '\0' ? title : remote_id);
  return self;
}

/**
 * bijou_library_is_synced:
 * @self: a library
 *
 * Returns: whether its kind is one that is mirrored; music and photos are only listed
 */
gboolean
bijou_library_is_synced (BijouLibrary *self)
{
  return self->kind <= BIJOU_LIBRARY_MIXED;
}
