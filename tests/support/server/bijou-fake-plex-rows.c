#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

static const struct
{
  const char *code;
  const char *tag;
  const char *name;
} languages[] = {
  { "eng", "en", "English" },  { "ger", "de", "Deutsch" }, { "fre", "fr", "Français" },
  { "spa", "es", "Español" },  { "jpn", "ja", "日本語" },  { "por", "pt", "Português" },
  { "ita", "it", "Italiano" },
};

void
plex_rows_begin (
    PlexRows *rows, BijouFakePlex *self, BijouFakeExchange *x, FakeWriter *w, PlexRowFlags flags)
{
  memset (rows, 0, sizeof *rows);
  rows->plex = self;
  rows->x = x;
  rows->w = w;
  rows->flags = flags | (plex_flag (x, "includeGuids") ? PLEX_ROW_GUIDS : 0);
  rows->no_fields = fake_param_list (x, "excludeFields", ",");
  rows->no_elements = fake_param_list (x, "excludeElements", ",");
}

void
plex_rows_end (PlexRows *rows)
{
  g_strfreev (rows->no_fields);
  g_strfreev (rows->no_elements);
}

static gboolean
wants_field (PlexRows *rows, const char *name)
{
  return rows->no_fields[0] == NULL ||
         !g_strv_contains ((const char *const *) rows->no_fields, name);
}

static gboolean
wants_element (PlexRows *rows, const char *name)
{
  return rows->no_elements[0] == NULL ||
         !g_strv_contains ((const char *const *) rows->no_elements, name);
}

static void
put_str (PlexRows *rows, const char *name, const char *value)
{
  if (wants_field (rows, name))
    fake_opt_str (rows->w, name, value);
}

static void
put_int (PlexRows *rows, const char *name, gint64 value)
{
  if (value != 0 && wants_field (rows, name))
    fake_int (rows->w, name, value);
}

/* No zero is dropped here: season 0 is told. */
static void
put_number (PlexRows *rows, const char *name, gint64 value)
{
  if (wants_field (rows, name))
    fake_int (rows->w, name, value);
}

static void
put_key (PlexRows *rows, const char *name, BijouFakeItem *item, const char *suffix)
{
  char text[96];

  if (!wants_field (rows, name))
    return;
  g_snprintf (text, sizeof text, "/library/metadata/%u%s", item->index + PLEX_KEY_BASE, suffix);
  fake_str (rows->w, name, text);
}

static void
put_rating_key (PlexRows *rows, const char *name, BijouFakeItem *item)
{
  char text[16];

  g_snprintf (text, sizeof text, "%u", item->index + PLEX_KEY_BASE);
  fake_str (rows->w, name, text);
}

static void
put_picture (PlexRows *rows, const char *name, BijouFakeItem *item, const char *kind)
{
  char text[96];

  if (item == NULL || !wants_field (rows, name))
    return;
  if (strcmp (kind, "art") == 0 ? item->no_backdrop : item->no_poster)
    return;
  g_snprintf (text, sizeof text, "/library/metadata/%u/%s/%" G_GINT64_FORMAT,
              item->index + PLEX_KEY_BASE, kind, item->updated_at);
  fake_str (rows->w, name, text);
}

static void
format_guid (BijouFakeItem *item, char *text, gsize size)
{
  static const char *const words[] = { "movie",   "show",       "season",
                                       "episode", "collection", "playlist" };
  guint64 r = bijou_fake_mix (item->identity ^ 0x5eed);

  g_snprintf (text, size, "plex://%s/%012" G_GINT64_MODIFIER "x%012" G_GINT64_MODIFIER "x",
              words[item->kind], r & 0xffffffffffff, bijou_fake_mix (r) & 0xffffffffffff);
}

static void
put_guid (PlexRows *rows, const char *name, BijouFakeItem *item)
{
  char text[64];

  format_guid (item, text, sizeof text);
  put_str (rows, name, text);
}

guint
plex_stream_id (BijouFakeItem *item, guint stream)
{
  return (item->index + 1) * 32 + stream;
}

gboolean
plex_find_stream (BijouFakePlex *self, guint id, BijouFakeItem **item, guint *stream)
{
  *item = id >= 32 ? bijou_fake_library_get_item (self->library, id / 32 - 1) : NULL;
  *stream = id % 32;
  return *item != NULL && (*item)->film != NULL && *stream < (*item)->film->streams->len;
}

guint
plex_part_stamp (BijouFakeItem *item)
{
  return 1700000000 + item->index % 100000 + item->change * 1000003;
}

static BijouFakeStream *
find_first (BijouFakeFilm *film, BijouFakeStreamType type)
{
  for (guint i = 0; i < film->streams->len; i++)
    {
      BijouFakeStream *stream = &g_array_index (film->streams, BijouFakeStream, i);

      if (stream->type == type)
        return stream;
    }
  return NULL;
}

static const char *
name_codec (const char *codec)
{
  static const char *const names[][2] = { { "subrip", "srt" },
                                          { "dvd_subtitle", "vobsub" },
                                          { "hdmv_pgs_subtitle", "pgs" },
                                          { "dts", "dca" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], codec) == 0)
      return names[i][1];
  return codec;
}

static void
write_range (FakeWriter *w, const BijouFakeStream *stream)
{
  gboolean vision = strcmp (stream->range, "Dolby Vision") == 0;

  fake_int (w, "bitDepth", stream->range[0] != '\0' ? 10 : 8);
  if (vision)
    {
      fake_bool (w, "DOVIPresent", TRUE);
      fake_int (w, "DOVIProfile", 8);
      fake_int (w, "DOVIBLCompatID", 1);
    }
  if (stream->range[0] == '\0')
    return;
  fake_str (w, "colorPrimaries", "bt2020");
  fake_str (w, "colorSpace", "bt2020nc");
  fake_str (w, "colorTrc", strcmp (stream->range, "HLG") == 0 ? "arib-std-b67" : "smpte2084");
}

/* "4K HDR10 (HEVC Main 10)", "1080p (H.264)" */
static void
write_video_title (FakeWriter *w, const BijouFakeStream *stream)
{
  g_autofree char *size =
      stream->height > 2000 ? g_strdup ("4K") : g_strdup_printf ("%dp", stream->height);

  fake_strf (w, "displayTitle", "%s%s%s (%s)", size, stream->range[0] != '\0' ? " " : "",
             stream->range,
             strcmp (stream->codec, "hevc") == 0   ? "HEVC Main 10"
             : strcmp (stream->codec, "h264") == 0 ? "H.264"
                                                   : stream->codec);
}

static void
write_stream_kind (FakeWriter *w, const BijouFakeStream *stream)
{
  if (stream->type == BIJOU_FAKE_STREAM_VIDEO)
    {
      write_range (w, stream);
      fake_str (w, "chromaSubsampling", "4:2:0");
      fake_real (w, "frameRate", stream->fps);
      fake_int (w, "height", stream->height);
      fake_int (w, "width", stream->width);
      write_video_title (w, stream);
    }
  else if (stream->type == BIJOU_FAKE_STREAM_AUDIO)
    {
      fake_int (w, "channels", stream->channels);
      fake_str (w, "audioChannelLayout",
                stream->channels > 2    ? "5.1"
                : stream->channels == 1 ? "mono"
                                        : "stereo");
      fake_int (w, "samplingRate", 48000);
    }
}

static void
write_language (FakeWriter *w, const BijouFakeStream *stream)
{
  const char *name = "Unknown";
  g_autofree char *codec = g_ascii_strup (name_codec (stream->codec), -1);

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (strcmp (languages[i].code, stream->language) == 0)
      {
        name = languages[i].name;
        fake_str (w, "language", name);
        fake_str (w, "languageTag", languages[i].tag);
        fake_str (w, "languageCode", languages[i].code);
      }
  if (stream->type == BIJOU_FAKE_STREAM_AUDIO)
    fake_strf (w, "displayTitle", "%s (%s %s)", name, codec,
               stream->channels > 2    ? "5.1"
               : stream->channels == 1 ? "Mono"
                                       : "Stereo");
  else if (stream->type == BIJOU_FAKE_STREAM_SUBTITLE)
    fake_strf (w, "displayTitle", "%s (%s%s)", name, codec, stream->index < 0 ? " External" : "");
}

static void
write_stream (PlexRows *rows, BijouFakeItem *item, guint i, gboolean selected)
{
  const BijouFakeStream *stream = &g_array_index (item->film->streams, BijouFakeStream, i);
  FakeWriter *w = rows->w;

  fake_object (w, NULL, "Stream");
  fake_int (w, "id", plex_stream_id (item, i));
  fake_int (w, "streamType", stream->type);
  if (stream->is_default)
    fake_bool (w, "default", TRUE);
  if (selected)
    fake_bool (w, "selected", TRUE);
  if (stream->is_forced)
    fake_bool (w, "forced", TRUE);
  fake_str (w, "codec", name_codec (stream->codec));
  if (stream->index >= 0)
    fake_int (w, "index", stream->index);
  else
    {
      fake_strf (w, "key", "/library/streams/%u", plex_stream_id (item, i));
      fake_str (w, "format", name_codec (stream->codec));
    }
  fake_opt_int (w, "bitrate", stream->bitrate);
  fake_opt_str (w, "title", stream->title[0] != '\0' ? stream->title : NULL);
  write_stream_kind (w, stream);
  write_language (w, stream);
  if (fake_fault (rows->x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS))
    fake_str (w, "scentTrack", "lavender");
  fake_end (w);
}

static void
write_streams (PlexRows *rows, BijouFakeItem *item)
{
  BijouFakeState *state = bijou_fake_library_get_state (rows->plex->library, item, rows->x->user);
  gboolean seen_audio = FALSE;

  fake_array (rows->w, "Stream");
  for (guint i = 0; i < item->film->streams->len; i++)
    {
      const BijouFakeStream *stream = &g_array_index (item->film->streams, BijouFakeStream, i);
      int id = plex_stream_id (item, i);
      gboolean selected = FALSE;

      if (stream->type == BIJOU_FAKE_STREAM_AUDIO)
        {
          selected = state->audio_stream != 0 ? state->audio_stream == id : !seen_audio;
          seen_audio = TRUE;
        }
      else if (stream->type == BIJOU_FAKE_STREAM_SUBTITLE)
        selected = state->subtitle_stream == id;
      write_stream (rows, item, i, selected);
    }
  fake_end (rows->w);
}

static void
write_part (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  const char *folder = item->kind == BIJOU_FAKE_MOVIE ? "movies" : "tv";

  fake_array (w, "Part");
  fake_object (w, NULL, "Part");
  fake_int (w, "id", item->index + 500001);
  fake_strf (w, "key", "/library/parts/%u/%u/file.%s", item->index + 500001, plex_part_stamp (item),
             item->film->container);
  fake_int (w, "duration", item->duration_ms);
  if (wants_field (rows, "file") && rows->x->user == 0)
    fake_strf (w, "file", "/srv/media/%s/%s.%s", folder, item->title, item->film->container);
  fake_int (w, "size", item->size);
  fake_str (w, "container", item->film->container);
  if (plex_flag (rows->x, "checkFiles"))
    {
      fake_bool (w, "accessible", TRUE);
      fake_bool (w, "exists", TRUE);
    }
  if (rows->flags & PLEX_ROW_DETAIL)
    write_streams (rows, item);
  fake_end (w);
  fake_end (w);
}

static void
write_version (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  BijouFakeStream *video = find_first (item->film, BIJOU_FAKE_STREAM_VIDEO);
  BijouFakeStream *audio = find_first (item->film, BIJOU_FAKE_STREAM_AUDIO);

  fake_object (w, NULL, "Media");
  fake_int (w, "id", item->index + 300001);
  fake_int (w, "duration", item->duration_ms);
  fake_int (w, "bitrate", MAX (1, (gint64) item->size * 8 / MAX (1, item->duration_ms)));
  if (video != NULL)
    {
      fake_int (w, "width", video->width);
      fake_int (w, "height", video->height);
      fake_real (w, "aspectRatio", 1.78);
      fake_str (w, "videoCodec", video->codec);
      fake_strf (w, "videoResolution",
                 video->height >= 2000   ? "4k"
                 : video->height >= 1000 ? "1080"
                 : video->height >= 700  ? "720"
                                         : "sd");
      fake_str (w, "videoFrameRate", "24p");
    }
  if (audio != NULL)
    {
      fake_int (w, "audioChannels", audio->channels);
      fake_str (w, "audioCodec", name_codec (audio->codec));
    }
  fake_str (w, "container", item->film->container);
  write_part (rows, item);
  fake_end (w);
}

void
plex_write_media (PlexRows *rows, BijouFakeItem *item)
{
  fake_array (rows->w, "Media");
  write_version (rows, item);
  if (item->twin != NULL)
    write_version (rows, item->twin);
  fake_end (rows->w);
}

static void
write_tags (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  guint left = rows->flags & PLEX_ROW_DETAIL ? 32 : 2;

  if (item->genres == 0 || !wants_element (rows, "Genre"))
    return;
  fake_array (w, "Genre");
  for (guint bit = 0; bit < bijou_fake_library_get_n_genres (rows->plex->library) && left > 0;
       bit++)
    if (item->genres & (1u << bit))
      {
        fake_object (w, NULL, "Genre");
        if (rows->flags & PLEX_ROW_DETAIL)
          {
            fake_int (w, "id", bit + 1);
            fake_strf (w, "filter", "genre=%u", bit + 1);
          }
        fake_str (w, "tag", bijou_fake_library_get_genre (rows->plex->library, bit));
        fake_end (w);
        left--;
      }
  fake_end (w);
}

static void
write_person (PlexRows *rows, BijouFakePerson *person, const char *element)
{
  FakeWriter *w = rows->w;
  guint id = bijou_fake_person_plex_id (person->name);

  fake_object (w, NULL, element);
  if (rows->flags & PLEX_ROW_DETAIL)
    {
      fake_int (w, "id", id);
      fake_strf (w, "filter", "actor=%u", id);
    }
  fake_str (w, "tag", person->name);
  if (rows->flags & PLEX_ROW_DETAIL)
    {
      fake_opt_str (w, "role", person->role);
      /* Real ones are on metadata-static.plex.tv: every third has one here. */
      if (person->image != NULL || id % 3 == 0)
        fake_strf (w, "thumb", "/library/people/%u/thumb/1", id);
    }
  fake_end (w);
}

static void
write_people (PlexRows *rows, BijouFakeItem *item)
{
  static const char *const kinds[][2] = { { "Director", "Director" },
                                          { "Writer", "Writer" },
                                          { "Actor", "Role" } };
  g_autoptr (GPtrArray) people = bijou_fake_library_dup_people (item);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      guint left = rows->flags & PLEX_ROW_DETAIL ? 100 : 3;
      gboolean open = FALSE;

      if (!wants_element (rows, kinds[k][1]))
        continue;
      for (guint i = 0; i < people->len && left > 0; i++)
        {
          BijouFakePerson *person = g_ptr_array_index (people, i);

          if (!g_str_equal (person->kind, kinds[k][0]))
            continue;
          if (!open)
            fake_array (rows->w, kinds[k][1]);
          open = TRUE;
          left--;
          write_person (rows, person, kinds[k][1]);
        }
      if (open)
        fake_end (rows->w);
    }
}

static void
write_image (FakeWriter *w, BijouFakeItem *item, const char *type, const char *kind)
{
  fake_object (w, NULL, "Image");
  fake_str (w, "alt", item->title);
  fake_str (w, "type", type);
  fake_strf (w, "url", "/library/metadata/%u/%s/%" G_GINT64_FORMAT, item->index + PLEX_KEY_BASE,
             kind, item->updated_at);
  fake_end (w);
}

static void
write_images (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  BijouFakeItem *show = item->kind == BIJOU_FAKE_EPISODE ? item->parent->parent : NULL;

  if (wants_element (rows, "Image"))
    {
      fake_array (w, "Image");
      if (show != NULL && !show->no_poster)
        write_image (w, show, "coverPoster", "thumb");
      if (show != NULL && !show->no_backdrop)
        write_image (w, show, "background", "art");
      if (!item->no_poster)
        write_image (w, item, show != NULL ? "snapshot" : "coverPoster", "thumb");
      if (show == NULL && !item->no_backdrop)
        write_image (w, item, "background", "art");
      if (item->kind == BIJOU_FAKE_MOVIE && item->index % 4 == 0)
        write_image (w, item, "clearLogo", "clearLogo");
      fake_end (w);
    }
  if (wants_element (rows, "UltraBlurColors"))
    {
      guint64 r = bijou_fake_mix (item->index * 2);

      fake_object (w, "UltraBlurColors", "UltraBlurColors");
      fake_strf (w, "topLeft", "%06x", (guint) (r & 0x7f7f7f));
      fake_strf (w, "topRight", "%06x", (guint) ((r >> 8) & 0x7f7f7f));
      fake_strf (w, "bottomRight", "%06x", (guint) ((r >> 16) & 0x3f3f3f));
      fake_strf (w, "bottomLeft", "%06x", (guint) ((r >> 24) & 0x3f3f3f));
      fake_end (w);
    }
}

static void
write_guids (PlexRows *rows, BijouFakeItem *item)
{
  static const char *const sources[] = { "imdb://tt%07u", "tmdb://%u", "tvdb://%u" };
  FakeWriter *w = rows->w;

  if (item->kind == BIJOU_FAKE_COLLECTION || !wants_element (rows, "Guid"))
    return;
  fake_array (w, "Guid");
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      char text[32];

      g_snprintf (text, sizeof text, sources[i], 100000 + item->identity);
      fake_object (w, NULL, "Guid");
      fake_str (w, "id", text);
      fake_end (w);
    }
  fake_end (w);
}

static void
write_chapters (PlexRows *rows, BijouFakeItem *item)
{
  GPtrArray *chapters = item->chapters != NULL ? item->chapters : item->film->chapters;
  guint made_up = chapters->len > 0 || item->index % 3 == 2 ? 0 : 6;
  guint count = MAX (chapters->len, made_up);
  FakeWriter *w = rows->w;

  if (count == 0)
    return;
  fake_array (w, "Chapter");
  for (guint i = 0; i < count; i++)
    {
      BijouFakeChapter *chapter = made_up == 0 ? g_ptr_array_index (chapters, i) : NULL;
      BijouFakeChapter *next =
          made_up == 0 && i + 1 < count ? g_ptr_array_index (chapters, i + 1) : NULL;
      gint64 step = item->duration_ms / count;

      fake_object (w, NULL, "Chapter");
      fake_int (w, "id", 4);
      fake_str (w, "filter", "thumb=4");
      fake_int (w, "index", i + 1);
      fake_opt_str (w, "tag", chapter != NULL ? chapter->title : NULL);
      fake_int (w, "startTimeOffset", chapter != NULL ? chapter->start_ms : step * i);
      fake_int (w, "endTimeOffset",
                next != NULL      ? next->start_ms
                : chapter == NULL ? step * (i + 1)
                                  : item->duration_ms);
      fake_strf (w, "thumb", "/library/media/%u/chapterImages/%u", item->index + 300001, i + 1);
      fake_end (w);
    }
  fake_end (w);
}

static void
write_marker (
    PlexRows *rows, BijouFakeItem *item, const char *type, const gint64 *range, gboolean final)
{
  FakeWriter *w = rows->w;

  fake_object (w, NULL, "Marker");
  if (final)
    fake_bool (w, "final", TRUE);
  fake_int (w, "id", item->index + 700001);
  fake_str (w, "type", type);
  fake_int (w, "startTimeOffset", range[0]);
  fake_int (w, "endTimeOffset", range[1]);
  fake_object (w, "Attributes", "Attributes");
  fake_int (w, "id", item->index + 700001);
  fake_int (w, "version", 4);
  fake_end (w);
  fake_end (w);
}

/* Unsorted, and all with one id, as they are. */
static void
write_markers (PlexRows *rows, BijouFakeItem *item)
{
  fake_array (rows->w, "Marker");
  write_marker (rows, item, "credits", item->credits_ms, TRUE);
  if (item->intro_ms[1] > 0)
    write_marker (rows, item, "intro", item->intro_ms, FALSE);
  if (fake_fault (rows->x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS))
    write_marker (rows, item, "interpretiveDance", item->credits_ms, FALSE);
  fake_end (rows->w);
}

static void
write_ratings (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;

  fake_array (w, "Rating");
  fake_object (w, NULL, "Rating");
  fake_str (w, "image", "imdb://image.rating");
  fake_real (w, "value", item->rating);
  fake_str (w, "type", "audience");
  fake_end (w);
  fake_end (w);
}

static void
write_state (PlexRows *rows, BijouFakeItem *item)
{
  BijouFakeState *state = bijou_fake_library_get_state (rows->plex->library, item, rows->x->user);

  if (state->user_rating > 0)
    fake_real (rows->w, "userRating", state->user_rating);
  if (item->kind != BIJOU_FAKE_MOVIE && item->kind != BIJOU_FAKE_EPISODE)
    return;
  put_int (rows, "viewOffset", state->position_ms);
  put_int (rows, "viewCount", state->view_count);
  put_int (rows, "lastViewedAt", state->viewed_at);
}

static void
write_season_parents (PlexRows *rows, BijouFakeItem *show)
{
  put_rating_key (rows, "parentRatingKey", show);
  put_key (rows, "parentKey", show, "");
  put_guid (rows, "parentGuid", show);
  put_str (rows, "parentTitle", show->title);
  put_int (rows, "parentYear", show->year);
  put_picture (rows, "parentThumb", show, "thumb");
  put_picture (rows, "art", show, "art");
}

static void
write_episode_parents (PlexRows *rows, BijouFakeItem *season, BijouFakeItem *show)
{
  put_rating_key (rows, "parentRatingKey", season);
  put_rating_key (rows, "grandparentRatingKey", show);
  put_guid (rows, "parentGuid", season);
  put_guid (rows, "grandparentGuid", show);
  put_key (rows, "grandparentKey", show, "");
  put_key (rows, "parentKey", season, "");
  put_str (rows, "grandparentTitle", show->title);
  put_str (rows, "parentTitle", season->title);
  put_number (rows, "parentIndex", season->number);
  put_picture (rows, "parentThumb", season, "thumb");
  put_picture (rows, "grandparentThumb", show, "thumb");
  put_picture (rows, "grandparentArt", show, "art");
  put_picture (rows, "art", show, "art");
}

static void
write_folder_counts (PlexRows *rows, BijouFakeItem *item)
{
  guint leaves = 0, viewed = 0;

  bijou_fake_library_count_leaves (rows->plex->library, item, rows->x->user, &leaves, &viewed);
  fake_int (rows->w, "leafCount", leaves);
  fake_int (rows->w, "viewedLeafCount", viewed);
  if (item->kind == BIJOU_FAKE_SHOW)
    fake_int (rows->w, "childCount", item->children->len);
}

static const char *
get_type (PlexRows *rows, BijouFakeItem *item)
{
  static const char *const types[] = { "movie",   "show",       "season",
                                       "episode", "collection", "playlist" };

  if (fake_fault (rows->x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS) && item->index % 5 == 3)
    return "hologram";
  return types[item->kind];
}

static void
write_scalars (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;
  gboolean folder = item->children != NULL;
  g_autofree char *overview = wants_field (rows, "summary") && item->kind != BIJOU_FAKE_SEASON
                                  ? bijou_fake_library_dup_overview (item)
                                  : NULL;

  put_rating_key (rows, "ratingKey", item);
  if (item->kind == BIJOU_FAKE_COLLECTION)
    fake_strf (w, "key", "/library/collections/%u/children", item->index + PLEX_KEY_BASE);
  else if (item->kind == BIJOU_FAKE_PLAYLIST)
    fake_strf (w, "key", "/playlists/%u/items", item->index + PLEX_KEY_BASE);
  else
    put_key (rows, "key", item, folder ? "/children" : "");
  put_guid (rows, "guid", item);
  fake_str (w, "type", get_type (rows, item));
  fake_str (w, "title", item->title);
  if (strcmp (item->title, item->sort_title) != 0)
    put_str (rows, "titleSort", item->sort_title);
  put_str (rows, "contentRating", item->content_rating);
  put_str (rows, "summary", overview);
  if (item->kind == BIJOU_FAKE_EPISODE || item->kind == BIJOU_FAKE_SEASON)
    put_number (rows, "index", item->number);
  if (item->kind == BIJOU_FAKE_SEASON)
    write_season_parents (rows, item->parent);
  if (item->kind == BIJOU_FAKE_EPISODE)
    write_episode_parents (rows, item->parent, item->parent->parent);
  if (item->rating > 0)
    {
      fake_real (w, "audienceRating", item->rating);
      fake_str (w, "audienceRatingImage", "themoviedb://image.rating");
    }
  write_state (rows, item);
  put_int (rows, "year", item->year);
  put_str (rows, "tagline", item->tagline);
  put_picture (rows, "thumb", item, "thumb");
  if (item->kind <= BIJOU_FAKE_SHOW)
    put_picture (rows, "art", item, "art");
  put_int (rows, "duration", item->duration_ms);
  put_str (rows, "originallyAvailableAt", item->aired);
  put_int (rows, "addedAt", item->added_at);
  put_int (rows, "updatedAt", item->updated_at);
  if (item->kind == BIJOU_FAKE_SHOW || item->kind == BIJOU_FAKE_SEASON)
    write_folder_counts (rows, item);
  /* Older servers tell this number as a string. */
  if (item->kind == BIJOU_FAKE_COLLECTION)
    fake_strf (w, "childCount", "%u", item->children->len);
}

static void
write_playlist_scalars (PlexRows *rows, BijouFakeItem *item)
{
  FakeWriter *w = rows->w;

  fake_bool (w, "smart", FALSE);
  fake_str (w, "playlistType", "video");
  fake_int (w, "leafCount", item->children->len);
  fake_strf (w, "composite", "/playlists/%u/composite/%" G_GINT64_FORMAT,
             item->index + PLEX_KEY_BASE, item->updated_at);
}

static void
write_hub_scalars (PlexRows *rows, BijouFakeItem *item)
{
  BijouFakeSection *section = bijou_fake_library_get_section (rows->plex->library, item->section);

  fake_int (rows->w, "librarySectionID", section->id);
  fake_str (rows->w, "librarySectionTitle", section->title);
  fake_strf (rows->w, "librarySectionKey", "/library/sections/%u", section->id);
}

void
plex_write_row (PlexRows *rows, BijouFakeItem *item)
{
  plex_write_named_row (rows, NULL, item);
}

void
plex_write_named_row (PlexRows *rows, const char *name, BijouFakeItem *item)
{
  gboolean folder = item->children != NULL;

  fake_object (rows->w, name, folder ? "Directory" : "Video");
  if (rows->flags & PLEX_ROW_HUB)
    write_hub_scalars (rows, item);
  if (rows->queue != 0)
    fake_int (rows->w, "playQueueItemID", rows->queue);
  write_scalars (rows, item);
  if (item->kind == BIJOU_FAKE_PLAYLIST)
    write_playlist_scalars (rows, item);
  if (item->film != NULL && wants_element (rows, "Media"))
    plex_write_media (rows, item);
  if (item->kind != BIJOU_FAKE_PLAYLIST)
    {
      write_images (rows, item);
      write_tags (rows, item);
      write_people (rows, item);
    }
  if ((rows->flags & PLEX_ROW_GUIDS) || (rows->flags & PLEX_ROW_DETAIL))
    write_guids (rows, item);
  if (rows->flags & PLEX_ROW_DETAIL && item->rating > 0)
    write_ratings (rows, item);
  if (item->film != NULL && (rows->flags & PLEX_ROW_CHAPTERS))
    write_chapters (rows, item);
  if (item->film != NULL && (rows->flags & PLEX_ROW_MARKERS))
    write_markers (rows, item);
  fake_end (rows->w);
}
