#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_LIBRARY_MOVIES,
  BIJOU_LIBRARY_SHOWS,
  BIJOU_LIBRARY_VIDEOS, /* home videos, music videos, "other videos" */
  BIJOU_LIBRARY_MIXED,  /* films and shows in one */
  BIJOU_LIBRARY_MUSIC,  /* listed, not synced */
  BIJOU_LIBRARY_PHOTOS, /* listed, not synced */
  BIJOU_LIBRARY_OTHER,  /* listed, not synced */
} BijouLibraryKind;

const char *bijou_library_kind_to_string (BijouLibraryKind kind);
BijouLibraryKind bijou_library_kind_from_string (const char *name);

#define BIJOU_TYPE_LIBRARY (bijou_library_get_type ())
G_DECLARE_FINAL_TYPE (BijouLibrary, bijou_library, BIJOU, LIBRARY, GObject)

/**
 * BijouLibrary:
 * A library (Plex section, Jellyfin view) of a server. A record like #BijouItem.
 */
struct _BijouLibrary
{
  GObject parent_instance;

  gint64 id;       /* the store's local key; 0 before it was stored */
  char *server_id; /* (owned) */
  char *remote_id; /* (owned) */
  char *title;     /* (owned) */
  BijouLibraryKind kind;
  char *change_tag; /* (owned) (nullable) opaque; equal: nothing was added, changed or removed */
  gboolean hidden;  /* the server says: not on Home */
  gint64 unlisted_since; /* seconds since 1970, 0: the server lists it; set by the store */
  gint64 items;          /* rows of its first level in the store (films, shows); set by the store */
};

BijouLibrary *bijou_library_new (const char *server_id, const char *remote_id, const char *title);
gboolean bijou_library_is_synced (BijouLibrary *self);

G_END_DECLS
