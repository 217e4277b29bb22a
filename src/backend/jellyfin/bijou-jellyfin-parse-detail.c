#include "config.h"

#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"

#include <string.h>

static char *
dup_id (JsonObject *object, const char *name)
{
  return bijou_jellyfin_normalise_id (bijou_json_get_string (object, name));
}

static gint64
get_ms (JsonObject *object, const char *name)
{
  return bijou_jellyfin_ticks_to_ms (bijou_json_get_int (object, name, 0));
}

static gint64
get_positive (JsonObject *object, const char *name)
{
  return MAX (0, bijou_json_get_int (object, name, 0));
}

static int
get_small (JsonObject *object, const char *name)
{
  gint64 value = bijou_json_get_int (object, name, 0);

  return value > 0 && value <= G_MAXINT ? (int) value : 0;
}

static char *
make_person_kind (const char *type)
{
  if (type == NULL || *type == '\0')
    return g_strdup ("other");
  if (g_ascii_strcasecmp (type, "GuestStar") == 0)
    return g_strdup ("actor");
  return g_ascii_strdown (type, -1);
}

static void
fill_people (BijouDetail *detail, JsonObject *object)
{
  g_autoptr (GPtrArray) people = bijou_json_get_objects (object, "People");

  for (guint i = 0; i < people->len; i++)
    {
      JsonObject *source = g_ptr_array_index (people, i);
      g_autofree char *name = bijou_json_dup_string (source, "Name");
      g_autofree char *kind = make_person_kind (bijou_json_get_string (source, "Type"));
      BijouPerson *person;

      if (name == NULL)
        continue;
      person = bijou_person_new (name, kind);
      person->id = dup_id (source, "Id");
      person->role = bijou_json_dup_string (source, "Role");
      person->image = bijou_jellyfin_make_image (person->id, "Primary", 0,
                                                 bijou_json_get_string (source, "PrimaryImageTag"));
      g_ptr_array_add (detail->people, person);
    }
}

static void
fill_chapters (BijouDetail *detail, JsonObject *object)
{
  g_autoptr (GPtrArray) chapters = bijou_json_get_objects (object, "Chapters");
  BijouChapter *last = NULL;

  for (guint i = 0; i < chapters->len; i++)
    {
      JsonObject *source = g_ptr_array_index (chapters, i);
      BijouChapter *chapter = bijou_chapter_new (get_ms (source, "StartPositionTicks"), 0);

      chapter->title = bijou_json_dup_string (source, "Name");
      chapter->image = bijou_jellyfin_make_image (detail->item->remote_id, "Chapter", i,
                                                  bijou_json_get_string (source, "ImageTag"));
      if (last != NULL && chapter->start_ms > last->start_ms)
        last->end_ms = chapter->start_ms;
      last = chapter;
      g_ptr_array_add (detail->chapters, chapter);
    }
  if (last != NULL && detail->item->duration_ms > last->start_ms)
    last->end_ms = detail->item->duration_ms;
}

static BijouStreamKind
get_stream_kind (JsonObject *object)
{
  const char *type = bijou_json_get_string (object, "Type");

  if (g_strcmp0 (type, "Video") == 0)
    return BIJOU_STREAM_VIDEO;
  if (g_strcmp0 (type, "Audio") == 0)
    return BIJOU_STREAM_AUDIO;
  if (g_strcmp0 (type, "Subtitle") == 0)
    return BIJOU_STREAM_SUBTITLE;
  return BIJOU_STREAM_OTHER;
}

static char *
make_range (JsonObject *object)
{
  const char *type = bijou_json_get_string (object, "VideoRangeType");

  if (type == NULL || g_strcmp0 (type, "Unknown") == 0 || g_strcmp0 (type, "DOVIInvalid") == 0)
    type = bijou_json_get_string (object, "VideoRange");
  if (type == NULL || *type == '\0' || g_strcmp0 (type, "Unknown") == 0)
    return NULL;
  if (g_str_has_prefix (type, "DOVI"))
    return g_strdup ("Dolby Vision");
  if (g_strcmp0 (type, "HDR10Plus") == 0)
    return g_strdup ("HDR10+");
  return g_strdup (type);
}

/* How a text subtitle that is a file of its own is asked for; bitmaps are not handed out. */
static const char *
get_subtitle_format (JsonObject *object)
{
  static const struct
  {
    const char *codec;
    const char *format;
  } formats[] = {
    { "subrip", "srt" }, { "srt", "srt" },      { "ass", "ass" },
    { "ssa", "ssa" },    { "webvtt", "vtt" },   { "vtt", "vtt" },
    { "text", "srt" },   { "mov_text", "srt" }, { "ttml", "srt" },
  };
  const char *codec = bijou_json_get_string (object, "Codec");

  for (guint i = 0; codec != NULL && i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strcasecmp (codec, formats[i].codec) == 0)
      return formats[i].format;
  return bijou_json_get_boolean (object, "IsTextSubtitleStream", FALSE) ? "srt" : NULL;
}

/* Files beside the film take the first indexes, so those of the film itself are shifted. */
static int
find_file_index (GPtrArray *streams, gint64 index)
{
  int before = 0;

  for (guint i = 0; i < streams->len; i++)
    {
      JsonObject *other = g_ptr_array_index (streams, i);

      if (bijou_json_get_boolean (other, "IsExternal", FALSE) &&
          bijou_json_get_int (other, "Index", G_MAXINT64) < index)
        before++;
    }
  return index >= before && index <= G_MAXINT ? (int) index - before : -1;
}

static void
fill_stream (BijouStream *stream, JsonObject *object)
{
  stream->codec = bijou_json_dup_string (object, "Codec");
  stream->language = bijou_json_dup_string (object, "Language");
  stream->title = bijou_json_dup_string (object, "DisplayTitle");
  if (stream->title == NULL)
    stream->title = bijou_json_dup_string (object, "Title");
  stream->channels = get_small (object, "Channels");
  stream->width = get_small (object, "Width");
  stream->height = get_small (object, "Height");
  stream->bitrate = get_positive (object, "BitRate");
  stream->is_default = bijou_json_get_boolean (object, "IsDefault", FALSE);
  stream->forced = bijou_json_get_boolean (object, "IsForced", FALSE);
  stream->external = bijou_json_get_boolean (object, "IsExternal", FALSE);
  if (stream->kind != BIJOU_STREAM_VIDEO)
    return;

  stream->range = make_range (object);
  stream->frame_rate = bijou_json_get_double (object, "RealFrameRate", 0);
  if (stream->frame_rate <= 0)
    stream->frame_rate = MAX (0, bijou_json_get_double (object, "AverageFrameRate", 0));
}

static gboolean
is_selected (BijouStream *stream, JsonObject *source, gint64 index, gboolean has_video)
{
  if (stream->kind == BIJOU_STREAM_VIDEO)
    return !has_video;
  if (stream->kind == BIJOU_STREAM_AUDIO)
    return index == bijou_json_get_int (source, "DefaultAudioStreamIndex", -1);
  if (stream->kind == BIJOU_STREAM_SUBTITLE)
    return index == bijou_json_get_int (source, "DefaultSubtitleStreamIndex", -1);
  return FALSE;
}

static BijouStream *
make_stream (BijouPart *part, JsonObject *source, GPtrArray *streams, guint position)
{
  JsonObject *object = g_ptr_array_index (streams, position);
  gint64 index = bijou_json_get_int (object, "Index", position);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, index);
  BijouStream *stream = bijou_stream_new (get_stream_kind (object), id);
  gboolean has_video = FALSE;

  for (guint i = 0; i < part->streams->len; i++)
    if (((BijouStream *) g_ptr_array_index (part->streams, i))->kind == BIJOU_STREAM_VIDEO)
      has_video = TRUE;

  fill_stream (stream, object);
  stream->selected = is_selected (stream, source, index, has_video);
  if (!stream->external)
    stream->index = find_file_index (streams, index);
  else if (stream->kind == BIJOU_STREAM_SUBTITLE && get_subtitle_format (object) != NULL)
    stream->key = g_strconcat (part->key, "/", id, "/", get_subtitle_format (object), NULL);
  return stream;
}

/* A demuxer's list of all its names ("mov,mp4,m4a") is narrowed to the file's own. */
static char *
make_container (JsonObject *source)
{
  g_autofree char *names = bijou_json_dup_string (source, "Container");
  const char *path = bijou_json_get_string (source, "Path");
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;
  g_auto (GStrv) list = NULL;

  if (names == NULL || strchr (names, ',') == NULL)
    return g_steal_pointer (&names);

  list = g_strsplit (names, ",", -1);
  for (guint i = 0; dot != NULL && list[i] != NULL; i++)
    if (g_ascii_strcasecmp (list[i], dot + 1) == 0)
      return g_strdup (list[i]);
  return g_strdup (g_strv_contains ((const char *const *) list, "mp4") ? "mp4" : list[0]);
}

/* Sources that are no items of the library (a channel, a tuner) have identifiers of other forms. */
static char *
dup_source_id (JsonObject *source)
{
  char *id = dup_id (source, "Id");

  return id != NULL ? id : bijou_json_dup_text (source, "Id");
}

static BijouPart *
make_part (const char *item_id, JsonObject *source)
{
  g_autofree char *id = dup_source_id (source);
  g_autofree char *key = NULL;
  g_autoptr (GPtrArray) streams = bijou_json_get_objects (source, "MediaStreams");
  BijouPart *part;

  if (id == NULL || strchr (id, '/') != NULL)
    return NULL;

  key = g_strconcat (item_id, "/", id, NULL);
  part = bijou_part_new (id, key);
  part->container = make_container (source);
  part->version_tag = bijou_json_dup_string (source, "ETag");
  part->size = get_positive (source, "Size");
  part->duration_ms = get_ms (source, "RunTimeTicks");
  for (guint i = 0; i < streams->len; i++)
    g_ptr_array_add (part->streams, make_stream (part, source, streams, i));
  return part;
}

static void
add_part (BijouVersion *version, BijouPart *part)
{
  version->size += part->size;
  version->duration_ms += part->duration_ms;
  g_ptr_array_add (version->parts, part);
}

static BijouVersion *
make_version (const char *item_id, JsonObject *source)
{
  BijouPart *part = make_part (item_id, source);
  BijouVersion *version;

  if (part == NULL)
    return NULL;

  version = bijou_version_new (part->id);
  version->title = bijou_json_dup_string (source, "Name");
  version->container = g_strdup (part->container);
  version->bitrate = get_positive (source, "Bitrate");
  add_part (version, part);
  for (guint i = 0; i < part->streams->len; i++)
    {
      BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind == BIJOU_STREAM_VIDEO && stream->selected)
        {
          version->width = stream->width;
          version->height = stream->height;
        }
    }
  return version;
}

static int
compare_versions (gconstpointer a, gconstpointer b)
{
  const BijouVersion *left = *(BijouVersion *const *) a;
  const BijouVersion *right = *(BijouVersion *const *) b;
  gint64 left_area = (gint64) left->width * left->height;
  gint64 right_area = (gint64) right->width * right->height;

  if (left_area != right_area)
    return left_area > right_area ? -1 : 1;
  if (left->bitrate != right->bitrate)
    return left->bitrate > right->bitrate ? -1 : 1;
  return 0;
}

/* A disc that is named but not there is a source of the type Placeholder. */
static gboolean
has_bytes (JsonObject *source)
{
  return g_strcmp0 (bijou_json_get_string (source, "Type"), "Placeholder") != 0;
}

static void
fill_versions (BijouDetail *detail, JsonObject *object)
{
  g_autoptr (GPtrArray) sources = bijou_json_get_objects (object, "MediaSources");

  for (guint i = 0; i < sources->len; i++)
    {
      JsonObject *source = g_ptr_array_index (sources, i);
      BijouVersion *version =
          has_bytes (source) ? make_version (detail->item->remote_id, source) : NULL;

      if (version != NULL)
        g_ptr_array_add (detail->versions, version);
    }
  g_ptr_array_sort (detail->versions, compare_versions);
}

/**
 * bijou_jellyfin_parse_detail:
 * @object: the answer of `/Items/{id}`
 * @server_id: the server
 *
 * Returns: (transfer full) (nullable): the detail, %NULL when it is nothing to watch
 */
BijouDetail *
bijou_jellyfin_parse_detail (JsonObject *object, const char *server_id)
{
  g_autoptr (BijouItem) item = bijou_jellyfin_parse_item (object, server_id, BIJOU_ITEM_UNKNOWN);
  BijouDetail *detail;

  if (item == NULL)
    return NULL;

  detail = bijou_detail_new (item);
  detail->studios = bijou_json_dup_strings (object, "Studios", "Name");
  fill_people (detail, object);
  fill_versions (detail, object);
  fill_chapters (detail, object);
  return detail;
}

/**
 * bijou_jellyfin_has_more_parts:
 * @object: the answer of `/Items/{id}`
 *
 * Returns: whether the film goes on in other files, which `/Videos/{id}/AdditionalParts` lists
 */
gboolean
bijou_jellyfin_has_more_parts (JsonObject *object)
{
  return bijou_json_get_int (object, "PartCount", 0) > 1;
}

static BijouVersion *
find_own_version (BijouDetail *detail)
{
  for (guint i = 0; i < detail->versions->len; i++)
    {
      BijouVersion *version = g_ptr_array_index (detail->versions, i);

      if (g_strcmp0 (version->id, detail->item->remote_id) == 0)
        return version;
    }
  return detail->versions->len > 0 ? g_ptr_array_index (detail->versions, 0) : NULL;
}

static GPtrArray *
get_rows (JsonNode *answer)
{
  if (answer != NULL && JSON_NODE_HOLDS_OBJECT (answer))
    return bijou_json_get_objects (json_node_get_object (answer), "Items");
  return bijou_json_node_get_objects (answer);
}

/**
 * bijou_jellyfin_add_parts:
 * @detail: a detail that is being made
 * @answer: the answer of `/Videos/{id}/AdditionalParts`
 *
 * Each of these parts is an item of its own to the server.
 */
void
bijou_jellyfin_add_parts (BijouDetail *detail, JsonNode *answer)
{
  g_autoptr (GPtrArray) rows = get_rows (answer);
  BijouVersion *version = find_own_version (detail);

  for (guint i = 0; version != NULL && i < rows->len; i++)
    {
      JsonObject *row = g_ptr_array_index (rows, i);
      JsonObject *source = bijou_json_get_object (row, "MediaSources");
      g_autofree char *id = dup_id (row, "Id");
      BijouPart *part = id != NULL && source != NULL ? make_part (id, source) : NULL;

      if (part != NULL)
        add_part (version, part);
    }
}

static BijouSegmentKind
get_segment_kind (JsonObject *object)
{
  static const struct
  {
    const char *name;
    BijouSegmentKind kind;
  } kinds[] = {
    { "Intro", BIJOU_SEGMENT_INTRO },           { "Outro", BIJOU_SEGMENT_CREDITS },
    { "Recap", BIJOU_SEGMENT_RECAP },           { "Preview", BIJOU_SEGMENT_PREVIEW },
    { "Commercial", BIJOU_SEGMENT_COMMERCIAL },
  };
  const char *name = bijou_json_get_string (object, "Type");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (name, kinds[i].name) == 0)
      return kinds[i].kind;
  return BIJOU_SEGMENT_OTHER;
}

static int
compare_segments (gconstpointer a, gconstpointer b)
{
  const BijouSegment *left = *(BijouSegment *const *) a;
  const BijouSegment *right = *(BijouSegment *const *) b;

  return left->start_ms < right->start_ms ? -1 : left->start_ms > right->start_ms;
}

/**
 * bijou_jellyfin_add_segments:
 * @detail: a detail that is being made
 * @answer: the answer of `/MediaSegments/{id}`
 */
void
bijou_jellyfin_add_segments (BijouDetail *detail, JsonNode *answer)
{
  g_autoptr (GPtrArray) rows = get_rows (answer);

  for (guint i = 0; i < rows->len; i++)
    {
      JsonObject *row = g_ptr_array_index (rows, i);
      gint64 start = get_ms (row, "StartTicks");
      gint64 end = get_ms (row, "EndTicks");

      if (end > start)
        g_ptr_array_add (detail->segments, bijou_segment_new (get_segment_kind (row), start, end));
    }
  g_ptr_array_sort (detail->segments, compare_segments);
}

/**
 * bijou_jellyfin_add_similar:
 * @detail: a detail that is being made
 * @answer: the answer of `/Items/{id}/Similar`
 */
void
bijou_jellyfin_add_similar (BijouDetail *detail, JsonNode *answer)
{
  g_autoptr (GPtrArray) rows = get_rows (answer);

  for (guint i = 0; i < rows->len; i++)
    {
      char *id = dup_id (g_ptr_array_index (rows, i), "Id");

      if (id != NULL)
        g_ptr_array_add (detail->similar, id);
    }
}
