#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <string.h>

static const struct
{
  const char *name;
  guint64 bit;
} field_names[] = {
  { "Overview", JELLYFIN_FIELD_OVERVIEW },
  { "Genres", JELLYFIN_FIELD_GENRES },
  { "Etag", JELLYFIN_FIELD_ETAG },
  { "DateCreated", JELLYFIN_FIELD_DATE_CREATED },
  { "SortName", JELLYFIN_FIELD_SORT_NAME },
  { "ProviderIds", JELLYFIN_FIELD_PROVIDER_IDS },
  { "ParentId", JELLYFIN_FIELD_PARENT_ID },
  { "PrimaryImageAspectRatio", JELLYFIN_FIELD_ASPECT },
  { "MediaSourceCount", JELLYFIN_FIELD_SOURCE_COUNT },
  { "MediaSources", JELLYFIN_FIELD_SOURCES },
  { "MediaStreams", JELLYFIN_FIELD_STREAMS },
  { "People", JELLYFIN_FIELD_PEOPLE },
  { "Chapters", JELLYFIN_FIELD_CHAPTERS },
  { "ChildCount", JELLYFIN_FIELD_CHILD_COUNT },
  { "RecursiveItemCount", JELLYFIN_FIELD_RECURSIVE_COUNT },
  { "Taglines", JELLYFIN_FIELD_TAGLINES },
  { "Path", JELLYFIN_FIELD_PATH },
  { "Studios", JELLYFIN_FIELD_STUDIOS },
  { "CanDelete", JELLYFIN_FIELD_CAN_DELETE },
  { "OriginalTitle", JELLYFIN_FIELD_ORIGINAL_TITLE },
};

void
jellyfin_rows_begin (JellyfinRows *rows,
                     BijouFakeJellyfin *self,
                     BijouFakeExchange *x,
                     FakeWriter *w)
{
  g_auto (GStrv) fields = fake_param_list (x, "fields", ",");

  memset (rows, 0, sizeof *rows);
  rows->jellyfin = self;
  rows->x = x;
  rows->w = w;
  rows->user_data = fake_param_bool (x, "enableUserData", TRUE);
  rows->images = fake_param_bool (x, "enableImages", TRUE);
  rows->image_types = fake_param_list (x, "enableImageTypes", ",");
  for (guint i = 0; fields[i] != NULL; i++)
    for (guint f = 0; f < G_N_ELEMENTS (field_names); f++)
      if (g_ascii_strcasecmp (fields[i], field_names[f].name) == 0)
        rows->fields |= field_names[f].bit;
}

void
jellyfin_rows_end (JellyfinRows *rows)
{
  g_strfreev (rows->image_types);
}

static gboolean
has_field (JellyfinRows *rows, guint64 bit)
{
  return (rows->fields & bit) != 0;
}

static gboolean
wants_image (JellyfinRows *rows, const char *type)
{
  if (!rows->images)
    return FALSE;
  if (rows->image_types[0] == NULL)
    return TRUE;
  for (guint i = 0; rows->image_types[i] != NULL; i++)
    if (g_ascii_strcasecmp (rows->image_types[i], type) == 0)
      return TRUE;
  return FALSE;
}

/* One tag for all pictures of an item, as it is when they came at the same time. */
void
jellyfin_make_tag (BijouFakeItem *item, char *hex)
{
  guint64 r = bijou_fake_mix ((guint64) item->index * 7919 + item->updated_at);

  g_snprintf (hex, 33, "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", r,
              bijou_fake_mix (r));
}

static void
put_tag (FakeWriter *w, const char *name, BijouFakeItem *item)
{
  char tag[33];

  jellyfin_make_tag (item, tag);
  fake_str (w, name, tag);
}

static void
put_blurhash (FakeWriter *w, const char *type, BijouFakeItem *item)
{
  static const char digits[] =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-."
      ":;=?@[]^_{|}~";
  char tag[33], hash[29] = "L";

  for (guint i = 1; i < 28; i++)
    hash[i] = digits[bijou_fake_mix (item->index * 64 + i) % 83];
  jellyfin_make_tag (item, tag);
  fake_object (w, type, NULL);
  fake_str (w, tag, hash);
  fake_end (w);
}

static BijouFakeItem *
get_series (BijouFakeItem *item)
{
  if (item->kind == BIJOU_FAKE_EPISODE)
    return item->parent->parent;
  return item->kind == BIJOU_FAKE_SEASON ? item->parent : NULL;
}

static void
write_images (JellyfinRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  BijouFakeItem *series = get_series (item);
  gboolean primary = !item->no_poster && wants_image (rows, "Primary");
  gboolean own_backdrop = item->kind <= BIJOU_FAKE_SHOW && !item->no_backdrop;
  gboolean backdrop = own_backdrop && wants_image (rows, "Backdrop");
  gboolean logo =
      item->kind == BIJOU_FAKE_MOVIE && item->index % 4 == 0 && wants_image (rows, "Logo");

  if (series != NULL && !series->no_poster)
    put_tag (w, "SeriesPrimaryImageTag", series);
  if (!rows->images)
    return;
  if (series != NULL && !series->no_backdrop && wants_image (rows, "Backdrop"))
    {
      jellyfin_put_id (rows->jellyfin, w, "ParentBackdropItemId", series);
      fake_array (w, "ParentBackdropImageTags");
      put_tag (w, NULL, series);
      fake_end (w);
    }
  fake_object (w, "ImageTags", NULL);
  if (primary)
    put_tag (w, "Primary", item);
  if (logo)
    put_tag (w, "Logo", item);
  fake_end (w);
  fake_array (w, "BackdropImageTags");
  if (backdrop)
    put_tag (w, NULL, item);
  fake_end (w);
  fake_object (w, "ImageBlurHashes", NULL);
  if (primary)
    put_blurhash (w, "Primary", item);
  if (backdrop)
    put_blurhash (w, "Backdrop", item);
  fake_end (w);
}

void
jellyfin_write_user_data (
    BijouFakeJellyfin *self, FakeWriter *w, BijouFakeItem *item, guint user, gboolean percentage)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, user);
  gboolean folder = item->children != NULL;
  guint leaves = 0, viewed = 0;
  gboolean played = state->played;
  char id[33];
  g_autofree char *dashed = NULL;

  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, id);
  dashed = jellyfin_dash (id);
  if (folder)
    {
      bijou_fake_library_count_leaves (self->library, item, user, &leaves, &viewed);
      played = leaves > 0 && viewed == leaves;
    }
  if (folder && percentage && leaves > 0)
    fake_real (w, "PlayedPercentage", 100.0 * viewed / leaves);
  else if (state->position_ms > 0 && item->duration_ms > 0)
    fake_real (w, "PlayedPercentage", 100.0 * state->position_ms / item->duration_ms);
  if (folder)
    fake_int (w, "UnplayedItemCount", leaves - viewed);
  if (state->user_rating > 0)
    fake_real (w, "Rating", state->user_rating);
  fake_int (w, "PlaybackPositionTicks", state->position_ms * JELLYFIN_TICKS);
  fake_int (w, "PlayCount", state->view_count);
  fake_bool (w, "IsFavorite", state->favourite);
  if (state->viewed_at > 0)
    jellyfin_put_date (w, "LastPlayedDate", state->viewed_at);
  fake_bool (w, "Played", played);
  fake_str (w, "Key", dashed);
  fake_str (w, "ItemId", id);
}

static const char *
get_type (JellyfinRows *rows, BijouFakeItem *item)
{
  static const char *const types[] = {
    "Movie", "Series", "Season", "Episode", "BoxSet", "Playlist"
  };

  if (fake_fault (rows->x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS) && item->index % 5 == 3)
    return "Hologram";
  return types[item->kind];
}

static void
write_parents (JellyfinRows *rows, BijouFakeItem *item)
{
  BijouFakeItem *series = get_series (item);
  FakeWriter *w = rows->w;

  if (series == NULL)
    return;
  fake_str (w, "SeriesName", series->title);
  jellyfin_put_id (rows->jellyfin, w, "SeriesId", series);
  if (item->kind == BIJOU_FAKE_EPISODE)
    {
      jellyfin_put_id (rows->jellyfin, w, "SeasonId", item->parent);
      fake_str (w, "SeasonName", item->parent->title);
    }
}

static void
write_people (JellyfinRows *rows, BijouFakeItem *item)
{
  g_autoptr (GPtrArray) people = bijou_fake_library_dup_people (item);
  FakeWriter *w = rows->w;

  fake_array (w, "People");
  for (guint i = 0; i < people->len; i++)
    {
      BijouFakePerson *person = g_ptr_array_index (people, i);
      g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_MD5, person->name, -1);

      fake_object (w, NULL, NULL);
      fake_str (w, "Name", person->name);
      fake_str (w, "Id", id);
      fake_str (w, "Role", person->role != NULL ? person->role : "");
      fake_str (w, "Type",
                fake_fault (rows->x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS) && i == 0 ? "Hypnotist"
                                                                               : person->kind);
      if (person->image != NULL || g_str_hash (person->name) % 3 == 0)
        fake_str (w, "PrimaryImageTag", id);
      fake_end (w);
    }
  fake_end (w);
}

static void
write_genres (JellyfinRows *rows, BijouFakeItem *item)
{
  BijouFakeLibrary *library = rows->jellyfin->library;
  FakeWriter *w = rows->w;

  for (guint pass = 0; pass < 2; pass++)
    {
      fake_array (w, pass == 0 ? "Genres" : "GenreItems");
      for (guint bit = 0; bit < bijou_fake_library_get_n_genres (library); bit++)
        {
          char id[33];

          if (!(item->genres & (1u << bit)))
            continue;
          if (pass == 0)
            {
              fake_str (w, NULL, bijou_fake_library_get_genre (library, bit));
              continue;
            }
          jellyfin_format (rows->jellyfin, JELLYFIN_SPACE_GENRE, bit, id);
          fake_object (w, NULL, NULL);
          fake_str (w, "Name", bijou_fake_library_get_genre (library, bit));
          fake_str (w, "Id", id);
          fake_end (w);
        }
      fake_end (w);
    }
}

static void
write_chapters (JellyfinRows *rows, BijouFakeItem *item)
{
  GPtrArray *chapters = item->chapters != NULL ? item->chapters : item->film->chapters;
  guint made_up = chapters->len > 0 || item->index % 3 == 2 ? 0 : 6;
  FakeWriter *w = rows->w;

  fake_array (w, "Chapters");
  for (guint i = 0; i < MAX (chapters->len, made_up); i++)
    {
      BijouFakeChapter *chapter = made_up == 0 ? g_ptr_array_index (chapters, i) : NULL;
      gint64 start = chapter != NULL ? chapter->start_ms : item->duration_ms / made_up * i;

      fake_object (w, NULL, NULL);
      fake_int (w, "StartPositionTicks", start * JELLYFIN_TICKS);
      if (chapter != NULL && chapter->title != NULL)
        fake_str (w, "Name", chapter->title);
      else
        fake_strf (w, "Name", "Chapter %u", i + 1);
      if (chapter != NULL && chapter->image != NULL)
        {
          fake_strf (w, "ImagePath", "/config/data/chapters/%u.jpg", i);
          put_tag (w, "ImageTag", item);
        }
      fake_str (w, "ImageDateModified", "0001-01-01T00:00:00.0000000Z");
      fake_end (w);
    }
  fake_end (w);
}

static void
write_provider_ids (FakeWriter *w, BijouFakeItem *item)
{
  fake_object (w, "ProviderIds", NULL);
  if (item->kind <= BIJOU_FAKE_EPISODE && item->kind != BIJOU_FAKE_SEASON)
    {
      fake_strf (w, "Imdb", "tt%07u", 100000 + item->identity);
      fake_strf (w, "Tmdb", "%u", 100000 + item->identity);
    }
  fake_end (w);
}

static void
put_sort_name (FakeWriter *w, BijouFakeItem *item)
{
  g_autofree char *lower = g_utf8_strdown (item->sort_title, -1);
  g_autofree char *text = NULL;

  if (item->kind == BIJOU_FAKE_EPISODE)
    text = g_strdup_printf ("%03d - %04d - %s", item->parent->number, item->number, item->title);
  else if (item->kind == BIJOU_FAKE_SEASON)
    text = g_strdup_printf ("%04d - %s", item->number, lower);
  else
    text = g_steal_pointer (&lower);
  fake_str (w, "SortName", text);
}

static void
put_parent_id (JellyfinRows *rows, BijouFakeItem *item)
{
  char id[33];

  if (item->parent != NULL)
    {
      jellyfin_put_id (rows->jellyfin, rows->w, "ParentId", item->parent);
      return;
    }
  jellyfin_format (rows->jellyfin, JELLYFIN_SPACE_VIEW, item->section, id);
  fake_str (rows->w, "ParentId", id);
}

static void
write_early_fields (JellyfinRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;

  if (has_field (rows, JELLYFIN_FIELD_ORIGINAL_TITLE))
    fake_str (w, "OriginalTitle", item->title);
  if (has_field (rows, JELLYFIN_FIELD_ETAG))
    put_tag (w, "Etag", item);
  if (has_field (rows, JELLYFIN_FIELD_DATE_CREATED))
    jellyfin_put_date (w, "DateCreated", item->added_at);
  if (has_field (rows, JELLYFIN_FIELD_CAN_DELETE))
    {
      fake_bool (w, "CanDelete", rows->x->user == 0);
      fake_bool (w, "CanDownload", item->film != NULL);
    }
  if (has_field (rows, JELLYFIN_FIELD_SORT_NAME))
    put_sort_name (w, item);
  if (has_field (rows, JELLYFIN_FIELD_PATH))
    fake_strf (w, "Path", "/srv/media/%s", item->title);
  if (has_field (rows, JELLYFIN_FIELD_OVERVIEW) && item->kind != BIJOU_FAKE_SEASON)
    {
      g_autofree char *overview = bijou_fake_library_dup_overview (item);

      fake_str (w, "Overview", overview);
    }
  if (has_field (rows, JELLYFIN_FIELD_TAGLINES))
    {
      fake_array (w, "Taglines");
      if (item->tagline != NULL)
        fake_str (w, NULL, item->tagline);
      fake_end (w);
    }
  if (has_field (rows, JELLYFIN_FIELD_GENRES))
    write_genres (rows, item);
  if (has_field (rows, JELLYFIN_FIELD_PROVIDER_IDS))
    write_provider_ids (w, item);
  if (has_field (rows, JELLYFIN_FIELD_PARENT_ID))
    put_parent_id (rows, item);
  if (has_field (rows, JELLYFIN_FIELD_ASPECT) && !item->no_poster)
    fake_real (w, "PrimaryImageAspectRatio", item->kind == BIJOU_FAKE_EPISODE ? 1.77778 : 0.66667);
  if (has_field (rows, JELLYFIN_FIELD_PEOPLE))
    write_people (rows, item);
  if (has_field (rows, JELLYFIN_FIELD_STUDIOS))
    {
      fake_array (w, "Studios");
      fake_end (w);
    }
}

static void
write_late_fields (JellyfinRows *rows, BijouFakeItem *item)
{
  static const JellyfinSource as_is = { .direct = TRUE, .audio = -2, .subtitle = -2 };
  FakeWriter *w = rows->w;

  if (item->children != NULL && has_field (rows, JELLYFIN_FIELD_CHILD_COUNT))
    fake_int (w, "ChildCount", item->children->len);
  if (item->children != NULL && has_field (rows, JELLYFIN_FIELD_RECURSIVE_COUNT))
    {
      g_autoptr (GPtrArray) leaves = bijou_fake_library_get_leaves (item);

      fake_int (w, "RecursiveItemCount", leaves->len);
    }
  if (item->film == NULL)
    return;
  if (item->twin != NULL && has_field (rows, JELLYFIN_FIELD_SOURCE_COUNT))
    fake_int (w, "MediaSourceCount", 2);
  if (has_field (rows, JELLYFIN_FIELD_SOURCES))
    {
      fake_array (w, "MediaSources");
      jellyfin_write_source (rows->jellyfin, rows->x, w, item, &as_is);
      if (item->twin != NULL)
        jellyfin_write_source (rows->jellyfin, rows->x, w, item->twin, &as_is);
      fake_end (w);
    }
  if (has_field (rows, JELLYFIN_FIELD_STREAMS))
    jellyfin_write_streams (rows->jellyfin, rows->x, w, item, FALSE);
  if (has_field (rows, JELLYFIN_FIELD_CHAPTERS))
    write_chapters (rows, item);
}

static void
write_numbers (JellyfinRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;

  if (item->film != NULL)
    {
      fake_bool (w, "HasSubtitles", TRUE);
      fake_str (w, "Container", item->film->container);
    }
  if (item->aired != NULL)
    fake_strf (w, "PremiereDate", "%sT00:00:00.0000000Z", item->aired);
  if (item->content_rating != NULL && item->kind <= BIJOU_FAKE_SHOW)
    fake_str (w, "OfficialRating", item->content_rating);
  fake_null (w, "ChannelId");
  if (item->rating > 0)
    fake_real (w, "CommunityRating", item->rating);
  if (item->duration_ms > 0)
    fake_int (w, "RunTimeTicks", item->duration_ms * JELLYFIN_TICKS);
  fake_opt_int (w, "ProductionYear", item->year);
  if (item->kind == BIJOU_FAKE_EPISODE || item->kind == BIJOU_FAKE_SEASON)
    fake_int (w, "IndexNumber", item->number);
  if (item->kind == BIJOU_FAKE_EPISODE)
    fake_int (w, "ParentIndexNumber", item->parent->number);
}

void
jellyfin_write_row (JellyfinRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;

  fake_object (w, NULL, NULL);
  fake_str (w, "Name", item->title);
  fake_str (w, "ServerId", rows->jellyfin->id);
  jellyfin_put_id (rows->jellyfin, w, "Id", item);
  write_early_fields (rows, item);
  write_numbers (rows, item);
  fake_bool (w, "IsFolder", item->children != NULL);
  fake_str (w, "Type", get_type (rows, item));
  if (rows->user_data)
    {
      fake_object (w, "UserData", NULL);
      jellyfin_write_user_data (rows->jellyfin, w, item, rows->x->user, FALSE);
      fake_end (w);
    }
  write_parents (rows, item);
  if (item->kind == BIJOU_FAKE_SHOW)
    fake_str (w, "Status", item->index % 2 == 0 ? "Ended" : "Continuing");
  if (item->film != NULL)
    fake_str (w, "VideoType", "VideoFile");
  write_late_fields (rows, item);
  write_images (rows, item);
  fake_str (w, "LocationType", item->kind == BIJOU_FAKE_SEASON ? "Virtual" : "FileSystem");
  fake_str (w, "MediaType", item->film != NULL ? "Video" : "Unknown");
  fake_end (w);
}

void
jellyfin_write_view (JellyfinRows *rows, BijouFakeSection *section)
{
  FakeWriter *w = rows->w;
  char id[33];

  jellyfin_format (rows->jellyfin, JELLYFIN_SPACE_VIEW, section->id, id);
  fake_object (w, NULL, NULL);
  fake_str (w, "Name", section->title);
  fake_str (w, "ServerId", rows->jellyfin->id);
  fake_str (w, "Id", id);
  jellyfin_put_date (w, "DateCreated", 1600000000);
  fake_bool (w, "CanDelete", FALSE);
  fake_bool (w, "CanDownload", FALSE);
  fake_null (w, "ChannelId");
  fake_bool (w, "IsFolder", TRUE);
  jellyfin_format (rows->jellyfin, JELLYFIN_SPACE_ROOT, 0, id);
  fake_str (w, "ParentId", id);
  fake_str (w, "Type", "CollectionFolder");
  /* A random number, as it is. */
  fake_int (w, "ChildCount", g_random_int_range (1, 10));
  fake_str (w, "CollectionType", section->kind == BIJOU_FAKE_MOVIE ? "movies" : "tvshows");
  fake_object (w, "ImageTags", NULL);
  fake_end (w);
  fake_array (w, "BackdropImageTags");
  fake_end (w);
  fake_object (w, "ImageBlurHashes", NULL);
  fake_end (w);
  fake_str (w, "LocationType", "FileSystem");
  fake_str (w, "MediaType", "Unknown");
  fake_end (w);
}
