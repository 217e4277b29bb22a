#include "config.h"

#include "bijou-item.h"

G_DEFINE_FINAL_TYPE (BijouItem, bijou_item, G_TYPE_OBJECT)

static const char *kind_names[] = {
  [BIJOU_ITEM_UNKNOWN] = "unknown",
  [BIJOU_ITEM_MOVIE] = "movie",
  [BIJOU_ITEM_SHOW] = "show",
  [BIJOU_ITEM_SEASON] = "season",
  [BIJOU_ITEM_EPISODE] = "episode",
  [BIJOU_ITEM_VIDEO] = "video",
  [BIJOU_ITEM_COLLECTION] = "collection",
  [BIJOU_ITEM_PLAYLIST] = "playlist",
};

/**
 * bijou_item_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): its name on the command line and in the database
 */
const char *
bijou_item_kind_to_string (BijouItemKind kind)
{
  return (guint) kind < G_N_ELEMENTS (kind_names) ? kind_names[kind] : "unknown";
}

/**
 * bijou_item_kind_from_string:
 * @name: (nullable): a name of bijou_item_kind_to_string()
 *
 * Returns: the kind, %BIJOU_ITEM_UNKNOWN for anything else
 */
BijouItemKind
bijou_item_kind_from_string (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0)
      return (BijouItemKind) i;
  return BIJOU_ITEM_UNKNOWN;
}

/**
 * bijou_item_kind_is_playable:
 * @kind: a kind
 *
 * Returns: whether an item of @kind has a file of its own
 */
gboolean
bijou_item_kind_is_playable (BijouItemKind kind)
{
  return kind == BIJOU_ITEM_MOVIE || kind == BIJOU_ITEM_EPISODE || kind == BIJOU_ITEM_VIDEO;
}

static void
bijou_item_finalize (GObject *object)
{
  BijouItem *self = BIJOU_ITEM (object);

  g_free (self->server_id);
  g_free (self->remote_id);
  g_free (self->library_id);
  g_free (self->title);
  g_free (self->sort_title);
  g_free (self->original_title);
  g_free (self->overview);
  g_free (self->tagline);
  g_free (self->content_rating);
  g_strfreev (self->genres);
  g_free (self->released);
  g_free (self->version_tag);
  g_free (self->parent_id);
  g_free (self->show_id);
  g_free (self->show_title);
  g_free (self->poster);
  g_free (self->still);
  g_free (self->backdrop);
  g_free (self->logo);

  G_OBJECT_CLASS (bijou_item_parent_class)->finalize (object);
}

static void
bijou_item_class_init (BijouItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_item_finalize;
}

static void
bijou_item_init (BijouItem *self)
{
  self->year = -1;
  self->season = -1;
  self->episode = -1;
  self->episode_end = -1;
  self->rating = -1;
  self->user_rating = -1;
}

/**
 * bijou_item_new:
 * @kind: what it is
 * @server_id: its server's identifier
 * @remote_id: its identifier there
 *
 * Returns: (transfer full): a record to be filled before it is handed on
 */
BijouItem *
bijou_item_new (BijouItemKind kind, const char *server_id, const char *remote_id)
{
  BijouItem *self = g_object_new (BIJOU_TYPE_ITEM, NULL);

  self->kind = kind;
  self->server_id = g_strdup (server_id);
  self->remote_id = g_strdup (remote_id);
  return self;
}

static void
copy_texts (BijouItem *copy, BijouItem *self)
{
  copy->library_id = g_strdup (self->library_id);
  copy->title = g_strdup (self->title);
  copy->sort_title = g_strdup (self->sort_title);
  copy->original_title = g_strdup (self->original_title);
  copy->overview = g_strdup (self->overview);
  copy->tagline = g_strdup (self->tagline);
  copy->content_rating = g_strdup (self->content_rating);
  copy->genres = g_strdupv (self->genres);
  copy->released = g_strdup (self->released);
  copy->version_tag = g_strdup (self->version_tag);
  copy->parent_id = g_strdup (self->parent_id);
  copy->show_id = g_strdup (self->show_id);
  copy->show_title = g_strdup (self->show_title);
  copy->poster = g_strdup (self->poster);
  copy->still = g_strdup (self->still);
  copy->backdrop = g_strdup (self->backdrop);
  copy->logo = g_strdup (self->logo);
}

/**
 * bijou_item_copy:
 * @self: an item
 *
 * Returns: (transfer full): a copy that its caller may change before handing it on
 */
BijouItem *
bijou_item_copy (BijouItem *self)
{
  BijouItem *copy = bijou_item_new (self->kind, self->server_id, self->remote_id);

  copy_texts (copy, self);
  copy->id = self->id;
  copy->year = self->year;
  copy->added_at = self->added_at;
  copy->season = self->season;
  copy->episode = self->episode;
  copy->episode_end = self->episode_end;
  copy->duration_ms = self->duration_ms;
  copy->rating = self->rating;
  copy->user_rating = self->user_rating;
  copy->video_height = self->video_height;
  copy->has_media = self->has_media;
  copy->children = self->children;
  copy->seasons = self->seasons;
  copy->unwatched = self->unwatched;
  copy->position_ms = self->position_ms;
  copy->watched = self->watched;
  copy->play_count = self->play_count;
  copy->last_played_at = self->last_played_at;
  copy->favourite = self->favourite;
  return copy;
}

/**
 * bijou_item_dup_key:
 * @self: an item
 *
 * Returns: (transfer full): `SERVER:REMOTE-ID`, the id of the command line
 */
char *
bijou_item_dup_key (BijouItem *self)
{
  return g_strconcat (self->server_id, ":", self->remote_id, NULL);
}

/**
 * bijou_item_get_fraction:
 * @self: an item
 *
 * Returns: how much of it was played, 0–1; 0 when the length is unknown
 */
double
bijou_item_get_fraction (BijouItem *self)
{
  if (self->duration_ms <= 0 || self->position_ms <= 0)
    return 0;
  return CLAMP ((double) self->position_ms / (double) self->duration_ms, 0, 1);
}

/**
 * bijou_item_is_in_progress:
 * @self: an item
 *
 * Returns: whether a progress bar is shown and Play offers to resume: between 2 % and 95 %
 */
gboolean
bijou_item_is_in_progress (BijouItem *self)
{
  double fraction = bijou_item_get_fraction (self);

  return fraction >= 0.02 && fraction <= 0.95;
}
