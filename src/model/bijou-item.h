#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_ITEM_UNKNOWN,
  BIJOU_ITEM_MOVIE,
  BIJOU_ITEM_SHOW,
  BIJOU_ITEM_SEASON,
  BIJOU_ITEM_EPISODE,
  BIJOU_ITEM_VIDEO, /* a clip, home video or trailer */
  BIJOU_ITEM_COLLECTION,
  BIJOU_ITEM_PLAYLIST,
} BijouItemKind;

const char *bijou_item_kind_to_string (BijouItemKind kind);
BijouItemKind bijou_item_kind_from_string (const char *name);
gboolean bijou_item_kind_is_playable (BijouItemKind kind);

#define BIJOU_TYPE_ITEM (bijou_item_get_type ())
G_DECLARE_FINAL_TYPE (BijouItem, bijou_item, BIJOU, ITEM, GObject)

/**
 * BijouItem:
 * A film, show, season, episode, video, collection or playlist. A record: whoever calls
 * bijou_item_new() fills the fields, and nobody writes to them after it was handed on. It may then
 * be read from any thread.
 *
 * An image reference is an opaque text that only the item's backend understands; it holds a path or
 * an id and a version tag, never a host or a token. Numbers that are absent are -1 unless said
 * otherwise; absent texts are %NULL.
 */
struct _BijouItem
{
  GObject parent_instance;

  gint64 id;        /* the store's local key; 0 before it was stored */
  char *server_id;  /* (owned) */
  char *remote_id;  /* (owned) the server's own identifier, opaque */
  char *library_id; /* (owned) (nullable) remote id of its library */
  BijouItemKind kind;
  char *title;          /* (owned) never empty */
  char *sort_title;     /* (owned) never empty */
  char *original_title; /* (owned) (nullable) */
  char *overview;       /* (owned) (nullable) */
  char *tagline;        /* (owned) (nullable) */
  char *content_rating; /* (owned) (nullable) "PG-13" */
  char **genres;        /* (owned) (nullable) */
  int year;             /* -1 absent */
  char *released;       /* (owned) (nullable) "YYYY-MM-DD" */
  gint64 added_at;      /* seconds since 1970, 0 absent */
  char *version_tag;    /* (owned) (nullable) changes when the server's metadata of it change */

  char *parent_id;  /* (owned) (nullable) remote id: an episode's season, a season's show */
  char *show_id;    /* (owned) (nullable) remote id of the show of a season or an episode */
  char *show_title; /* (owned) (nullable) */
  int season;       /* a season's own number, an episode's season; 0 specials; -1 absent */
  int episode;      /* -1 absent */
  int episode_end;  /* the last one of a file with several episodes; -1 absent */

  gint64 duration_ms; /* 0 unknown */
  double rating;      /* 0–10, the public's; -1 absent */
  double user_rating; /* 0–10, the user's own; -1 absent */
  int video_height;   /* lines of the best version; 0 unknown */
  gboolean has_media; /* a file is behind it */

  int children;  /* episodes of a show or season, members of a collection; 0 none or unknown */
  int seasons;   /* seasons of a show; 0 none or unknown */
  int unwatched; /* episodes not watched; 0 none */

  char *poster;   /* (owned) (nullable) image reference, 2:3 */
  char *still;    /* (owned) (nullable) image reference, 16:9 of the item itself */
  char *backdrop; /* (owned) (nullable) image reference, 16:9 wide */
  char *logo;     /* (owned) (nullable) image reference, title lettering */

  /* Play state: what the server said or, where a local change waits, the local value. */
  gint64 position_ms; /* 0 not begun */
  gboolean watched;
  int play_count;
  gint64 last_played_at; /* seconds since 1970, 0 never or unknown */
  gboolean favourite;
};

BijouItem *bijou_item_new (BijouItemKind kind, const char *server_id, const char *remote_id);
BijouItem *bijou_item_copy (BijouItem *self);
char *bijou_item_dup_key (BijouItem *self);
gboolean bijou_item_is_in_progress (BijouItem *self);
double bijou_item_get_fraction (BijouItem *self);

G_END_DECLS
