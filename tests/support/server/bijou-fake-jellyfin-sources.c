#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <string.h>

/* ---- streams: files beside the film take the indexes from 0 ---- */

static guint
count_beside (BijouFakeFilm *film)
{
  guint count = 0;

  for (guint i = 0; i < film->streams->len; i++)
    count += g_array_index (film->streams, BijouFakeStream, i).index < 0;
  return count;
}

/* The n th in the order of Jellyfin. */
static const BijouFakeStream *
get_nth (BijouFakeFilm *film, guint n)
{
  guint beside = count_beside (film), seen = 0;

  for (guint i = 0; i < film->streams->len; i++)
    {
      const BijouFakeStream *stream = &g_array_index (film->streams, BijouFakeStream, i);

      if (stream->index < 0 ? seen++ == n : (guint) stream->index + beside == n)
        return stream;
    }
  return NULL;
}

const BijouFakeStream *
jellyfin_get_stream (BijouFakeItem *item, int index)
{
  return index >= 0 && item->film != NULL ? get_nth (item->film, index) : NULL;
}

static const char *
name_language (const char *code)
{
  static const char *const names[][2] = { { "eng", "English" },  { "ger", "German" },
                                          { "fre", "French" },   { "spa", "Spanish" },
                                          { "jpn", "Japanese" }, { "por", "Portuguese" },
                                          { "ita", "Italian" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], code) == 0)
      return names[i][1];
  return *code != '\0' ? code : "Undefined";
}

static gboolean
is_text (const BijouFakeStream *stream)
{
  return stream->type == BIJOU_FAKE_STREAM_SUBTITLE &&
         strcmp (stream->codec, "hdmv_pgs_subtitle") != 0 &&
         strcmp (stream->codec, "dvd_subtitle") != 0;
}

static void
write_delivery (
    BijouFakeJellyfin *self, BijouFakeExchange *x, FakeWriter *w, BijouFakeItem *item, guint index)
{
  g_autofree char *dashed = NULL;
  JellyfinSession *session = x->session;
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, id);
  dashed = jellyfin_dash (id);
  fake_str (w, "DeliveryMethod", "External");
  fake_strf (w, "DeliveryUrl", "/Videos/%s/%s/Subtitles/%u/0/Stream.srt?%s=%s", dashed, id, index,
             self->major == 10 && self->minor < 11 ? "api_key" : "ApiKey",
             session != NULL ? session->token : "");
  fake_bool (w, "IsExternalUrl", FALSE);
}

static const char *
get_range_type (const BijouFakeStream *stream)
{
  if (strcmp (stream->range, "Dolby Vision") == 0)
    return "DOVIWithHDR10";
  return stream->range[0] != '\0' ? stream->range : "SDR";
}

static const char *
name_codec (const BijouFakeStream *stream)
{
  static const char *const names[][2] = { { "ac3", "Dolby Digital" },
                                          { "eac3", "Dolby Digital+" },
                                          { "dts", "DTS" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], stream->codec) == 0)
      return names[i][1];
  return NULL;
}

static const char *
get_layout (const BijouFakeStream *stream)
{
  return stream->channels > 2 ? "5.1" : stream->channels == 1 ? "mono" : "stereo";
}

static void
add_word (GString *text, const char *word)
{
  if (strstr (text->str, word) != NULL)
    return;
  if (text->len > 0)
    g_string_append (text, " - ");
  g_string_append (text, word);
}

/* "English - AAC - Stereo - Default": after the stream's own title what that does not say. */
static char *
make_display_title (const BijouFakeStream *stream)
{
  GString *text = g_string_new (stream->title);
  g_autofree char *codec = g_ascii_strup (stream->codec, -1);
  g_autofree char *layout = g_strdup (get_layout (stream));

  layout[0] = g_ascii_toupper (layout[0]);
  add_word (text, name_language (stream->language));
  if (stream->type == BIJOU_FAKE_STREAM_AUDIO)
    {
      add_word (text, name_codec (stream) != NULL ? name_codec (stream) : codec);
      add_word (text, layout);
    }
  if (stream->is_default)
    add_word (text, "Default");
  if (stream->is_forced)
    add_word (text, "Forced");
  if (stream->type == BIJOU_FAKE_STREAM_SUBTITLE)
    add_word (text, codec);
  if (stream->index < 0)
    add_word (text, "External");
  return g_string_free (text, FALSE);
}

/* "4K HEVC HDR" */
static char *
make_video_title (const BijouFakeStream *stream)
{
  g_autofree char *codec = g_ascii_strup (stream->codec, -1);

  if (stream->height > 2000)
    return g_strdup_printf ("4K %s %s", codec, stream->range[0] != '\0' ? "HDR" : "SDR");
  return g_strdup_printf ("%dp %s SDR", stream->height, codec);
}

static void
write_video_part (FakeWriter *w, const BijouFakeStream *stream)
{
  gboolean high = stream->range[0] != '\0';

  fake_int (w, "BitDepth", high ? 10 : 8);
  if (high)
    {
      fake_str (w, "ColorSpace", "bt2020nc");
      fake_str (w, "ColorTransfer",
                strcmp (stream->range, "HLG") == 0 ? "arib-std-b67" : "smpte2084");
      fake_str (w, "ColorPrimaries", "bt2020");
    }
  fake_int (w, "Height", stream->height);
  fake_int (w, "Width", stream->width);
  fake_real (w, "AverageFrameRate", stream->fps);
  fake_real (w, "RealFrameRate", stream->fps);
  fake_str (w, "Profile", high ? "Main 10" : "High");
  fake_str (w, "AspectRatio", "16:9");
  fake_str (w, "PixelFormat", high ? "yuv420p10le" : "yuv420p");
  fake_bool (w, "IsAnamorphic", FALSE);
}

static void
write_stream (BijouFakeJellyfin *self,
              BijouFakeExchange *x,
              FakeWriter *w,
              BijouFakeItem *item,
              guint index,
              gboolean delivery)
{
  static const char *const types[] = { "", "Video", "Audio", "Subtitle" };
  const BijouFakeStream *stream = get_nth (item->film, index);
  gboolean video = stream->type == BIJOU_FAKE_STREAM_VIDEO;
  g_autofree char *title = video ? make_video_title (stream) : make_display_title (stream);

  fake_object (w, NULL, NULL);
  fake_str (w, "Codec", stream->codec);
  if (stream->language[0] != '\0')
    fake_str (w, "Language", stream->language);
  if (stream->title[0] != '\0')
    fake_str (w, "Title", stream->title);
  fake_str (w, "TimeBase", "1/1000");
  fake_str (w, "VideoRange", !video ? "Unknown" : stream->range[0] != '\0' ? "HDR" : "SDR");
  fake_str (w, "VideoRangeType", video ? get_range_type (stream) : "Unknown");
  fake_str (w, "AudioSpatialFormat", strstr (stream->title, "Atmos") ? "DolbyAtmos" : "None");
  fake_str (w, "DisplayTitle", title);
  fake_bool (w, "IsInterlaced", FALSE);
  fake_bool (w, "IsAVC", video && strcmp (stream->codec, "h264") == 0);
  if (stream->bitrate > 0)
    fake_int (w, "BitRate", stream->bitrate * 1000);
  if (video)
    write_video_part (w, stream);
  if (stream->type == BIJOU_FAKE_STREAM_AUDIO)
    {
      fake_str (w, "ChannelLayout", get_layout (stream));
      fake_int (w, "Channels", stream->channels);
      fake_int (w, "SampleRate", 48000);
    }
  fake_bool (w, "IsDefault", stream->is_default);
  fake_bool (w, "IsForced", stream->is_forced);
  fake_bool (w, "IsHearingImpaired", FALSE);
  fake_str (w, "Type", types[stream->type]);
  fake_int (w, "Index", index);
  fake_bool (w, "IsExternal", stream->index < 0);
  if (delivery && stream->index < 0)
    write_delivery (self, x, w, item, index);
  fake_bool (w, "IsTextSubtitleStream", is_text (stream));
  fake_bool (w, "SupportsExternalStream", is_text (stream));
  fake_int (w, "Level", !video ? 0 : stream->height > 2000 ? 153 : 41);
  fake_end (w);
}

void
jellyfin_write_streams (BijouFakeJellyfin *self,
                        BijouFakeExchange *x,
                        FakeWriter *w,
                        BijouFakeItem *item,
                        gboolean delivery)
{
  fake_array (w, "MediaStreams");
  for (guint i = 0; i < item->film->streams->len; i++)
    if (get_nth (item->film, i) != NULL)
      write_stream (self, x, w, item, i, delivery);
  fake_end (w);
}

static int
find_default_audio (BijouFakeItem *item)
{
  for (guint i = 0; i < item->film->streams->len; i++)
    {
      const BijouFakeStream *stream = get_nth (item->film, i);

      if (stream != NULL && stream->type == BIJOU_FAKE_STREAM_AUDIO)
        return i;
    }
  return -1;
}

static void
write_flags (FakeWriter *w, const JellyfinSource *source)
{
  fake_bool (w, "ReadAtNativeFramerate", FALSE);
  fake_bool (w, "IgnoreDts", FALSE);
  fake_bool (w, "IgnoreIndex", FALSE);
  fake_bool (w, "GenPtsInput", FALSE);
  fake_bool (w, "SupportsTranscoding", TRUE);
  fake_bool (w, "SupportsDirectStream", source->direct);
  fake_bool (w, "SupportsDirectPlay", source->direct);
  fake_bool (w, "IsInfiniteStream", FALSE);
  fake_bool (w, "UseMostCompatibleTranscodingProfile", FALSE);
  fake_bool (w, "RequiresOpening", FALSE);
  fake_bool (w, "RequiresClosing", FALSE);
  fake_bool (w, "RequiresLooping", FALSE);
  fake_bool (w, "SupportsProbing", TRUE);
  fake_str (w, "VideoType", "VideoFile");
}

/* Without its suffix. (transfer full) */
static char *
make_file_name (BijouFakeItem *item)
{
  if (item->kind == BIJOU_FAKE_EPISODE)
    return g_strdup_printf ("%s S%02dE%02d", item->parent->parent->title, item->parent->number,
                            item->number);
  if (item->twin != NULL || item->twin_of != NULL)
    return g_strdup_printf ("%s (%d) - %s", item->title, item->year, item->version);
  return g_strdup_printf ("%s (%d)", item->title, item->year);
}

/* The file's name; of several versions only what the folder's name does not say. */
static void
put_source_name (FakeWriter *w, BijouFakeItem *item)
{
  g_autofree char *file = make_file_name (item);

  fake_strf (w, "Path", "/srv/media/%s (%d)/%s.%s", item->title, item->year, file,
             item->film->container);
  fake_str (w, "Name", item->twin != NULL || item->twin_of != NULL ? item->version : file);
}

void
jellyfin_write_source (BijouFakeJellyfin *self,
                       BijouFakeExchange *x,
                       FakeWriter *w,
                       BijouFakeItem *item,
                       const JellyfinSource *source)
{
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  int audio = source->audio != -2        ? source->audio
              : state->audio_stream != 0 ? state->audio_stream - 1
                                         : find_default_audio (item);
  guint64 etag = bijou_fake_mix (item->index * 3 + item->change);

  fake_object (w, NULL, NULL);
  fake_str (w, "Protocol", "File");
  jellyfin_put_id (self, w, "Id", item);
  fake_str (w, "Type", "Default");
  fake_str (w, "Container", item->film->container);
  fake_int (w, "Size", item->size);
  put_source_name (w, item);
  fake_bool (w, "IsRemote", FALSE);
  fake_strf (w, "ETag", "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", etag,
             bijou_fake_mix (etag));
  fake_int (w, "RunTimeTicks", item->duration_ms * JELLYFIN_TICKS);
  write_flags (w, source);
  jellyfin_write_streams (self, x, w, item, source->in_info);
  fake_array (w, "MediaAttachments");
  fake_end (w);
  fake_array (w, "Formats");
  fake_end (w);
  fake_int (w, "Bitrate", item->size * 8000 / MAX (1, item->duration_ms));
  fake_object (w, "RequiredHttpHeaders", NULL);
  fake_end (w);
  if (source->transcode != NULL)
    {
      fake_str (w, "TranscodingUrl", source->transcode);
      fake_str (w, "TranscodingContainer", "ts");
    }
  fake_str (w, "TranscodingSubProtocol", source->transcode != NULL ? "hls" : "http");
  fake_int (w, "DefaultAudioStreamIndex", audio);
  if (source->subtitle != -2)
    fake_int (w, "DefaultSubtitleStreamIndex", source->subtitle);
  else if (state->subtitle_stream != 0)
    fake_int (w, "DefaultSubtitleStreamIndex",
              state->subtitle_stream < 0 ? -1 : state->subtitle_stream - 1);
  fake_bool (w, "HasSegments", item->credits_ms[1] > 0);
  fake_end (w);
}

/* ---- bytes ---- */

static const char *
get_content_type (const char *container)
{
  if (g_str_equal (container, "mp4"))
    return "video/mp4";
  return g_str_equal (container, "webm") ? "video/webm" : "video/x-matroska";
}

static void
reply_stream (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  const char *source = fake_param (x, "mediaSourceId");
  FakeMedia media = { 0 };
  char hex[33];

  if (item == NULL || item->film == NULL)
    {
      jellyfin_reply_error_text (x, 404);
      return;
    }
  /* Compared as it stands: no dashes, no capitals. */
  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, hex);
  if (source != NULL && strcmp (source, hex) != 0)
    {
      if (item->twin != NULL)
        jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->twin->index, hex);
      if (item->twin == NULL || strcmp (source, hex) != 0)
        {
          jellyfin_reply_error_text (x, 400);
          return;
        }
      item = item->twin;
    }
  x->chunked = FALSE;
  media.path = item->film->path;
  media.seed = item->index;
  media.size = item->size;
  media.type = get_content_type (item->film->container);
  media.modified = 1700000000 + item->index % 100000 + item->change * 1003;
  fake_reply_media (x, &media);
}

static void
reply_subtitle (BijouFakeJellyfin *self,
                BijouFakeExchange *x,
                const char *id,
                const char *index,
                const char *format)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  const BijouFakeStream *stream =
      item != NULL ? jellyfin_get_stream (item, g_ascii_strtoll (index, NULL, 10)) : NULL;
  gboolean vtt = g_str_equal (format, "vtt");
  g_autoptr (GString) text = g_string_new (vtt ? "WEBVTT\n\n" : NULL);

  if (stream == NULL || stream->type != BIJOU_FAKE_STREAM_SUBTITLE)
    {
      jellyfin_reply_error_text (x, item == NULL ? 404 : 500);
      return;
    }
  for (guint n = 0; n < 40; n++)
    {
      if (!vtt)
        g_string_append_printf (text, "%u\n", n + 1);
      g_string_append_printf (
          text, "00:%02u:%02u%c000 --> 00:%02u:%02u%c500\nLine %u – %s (%s)\n\n", n * 3 / 60,
          n * 3 % 60, vtt ? '.' : ',', (n * 3 + 2) / 60, (n * 3 + 2) % 60, vtt ? '.' : ',', n + 1,
          item->title, name_language (stream->language));
    }
  x->chunked = FALSE;
  fake_reply (x, 200, vtt ? "text/vtt; charset=utf-8" : "application/x-subrip; charset=utf-8",
              text->str);
}

static void
reply_missing_image (BijouFakeExchange *x, const char *name, const char *type)
{
  g_autofree char *text = g_strdup_printf ("%s does not have an image of type %s", name, type);

  jellyfin_reply_string (x, 404, text);
}

static gboolean
has_image (BijouFakeItem *item, const char *type)
{
  if (g_str_equal (type, "primary"))
    return !item->no_poster;
  if (g_str_equal (type, "backdrop"))
    return item->kind <= BIJOU_FAKE_SHOW && !item->no_backdrop;
  if (g_str_equal (type, "logo"))
    return item->kind == BIJOU_FAKE_MOVIE && item->index % 4 == 0;
  return FALSE;
}

static void
set_image_headers (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *tag)
{
  g_autofree char *quoted = tag != NULL ? g_strdup_printf ("\"%s\"", tag) : NULL;

  x->chunked = FALSE;
  fake_set_header (x, "Vary", "Accept");
  fake_set_header (x, "Content-Disposition", "attachment");
  fake_set_header (x, "Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
  if (tag == NULL)
    {
      fake_set_header (x, "Cache-Control", "public");
      return;
    }
  fake_set_header (x, "Cache-Control",
                   self->major >= 12 ? "public, max-age=31536000, immutable"
                                     : "public, max-age=31536000");
  if (self->major >= 12)
    fake_set_header (x, "ETag", quoted);
}

static void
reply_image (
    BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id, const char *type, guint64 index)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  g_autofree char *hex = jellyfin_normalize_id (id);
  const char *format = fake_param (x, "format");
  gint64 width = fake_param_int (x, "maxWidth", fake_param_int (x, "width", 0));
  gint64 height = fake_param_int (x, "maxHeight", fake_param_int (x, "height", 0));
  FakePicture picture = { 0 };

  picture.width = CLAMP (MAX (width, fake_param_int (x, "fillWidth", 0)), 0, 8192);
  picture.height = CLAMP (MAX (height, fake_param_int (x, "fillHeight", 0)), 0, 8192);
  picture.cover = fake_param (x, "fillWidth") != NULL || fake_param (x, "fillHeight") != NULL;
  picture.png =
      g_strcmp0 (type, "logo") == 0 || (format != NULL && g_ascii_strcasecmp (format, "Png") == 0);
  if (item == NULL && hex != NULL && g_str_equal (type, "primary") &&
      g_strcmp0 (fake_param (x, "tag"), hex) == 0)
    {
      /* A person: its tag is its id. */
      picture.kind = FAKE_PICTURE_PERSON;
      picture.seed = g_str_hash (hex);
      picture.file = bijou_fake_library_find_person_image (self->library, 0, hex);
      picture.text = "★";
    }
  else if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  else if (g_str_equal (type, "chapter") && bijou_fake_item_get_chapter_image (item, index) != NULL)
    {
      picture.kind = FAKE_PICTURE_CHAPTER;
      picture.file = bijou_fake_item_get_chapter_image (item, index);
      picture.text = item->title;
    }
  else if (!has_image (item, type))
    {
      g_autofree char *word = g_strdup (type);

      word[0] = g_ascii_toupper (word[0]);
      reply_missing_image (x, item->title, word);
      return;
    }
  else
    {
      picture.kind = g_str_equal (type, "backdrop")     ? FAKE_PICTURE_BACKDROP
                     : g_str_equal (type, "logo")       ? FAKE_PICTURE_LOGO
                     : item->kind == BIJOU_FAKE_EPISODE ? FAKE_PICTURE_STILL
                                                        : FAKE_PICTURE_POSTER;
      picture.file = picture.kind == FAKE_PICTURE_BACKDROP ? item->backdrop
                     : picture.kind == FAKE_PICTURE_LOGO   ? NULL
                                                           : item->poster;
      picture.seed = item->index;
      picture.text = item->title;
    }
  set_image_headers (self, x, fake_param (x, "tag"));
  fake_reply_picture (x, &picture);
}

/* None of these needs a token. */
gboolean
jellyfin_handle_media (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  g_auto (GStrv) ids = NULL;

  if ((ids = fake_match (path, "/items/{}/images/{}")))
    reply_image (self, x, ids[0], ids[1], 0);
  else if ((ids = fake_match (path, "/items/{}/images/{}/{}")))
    reply_image (self, x, ids[0], ids[1], g_ascii_strtoull (ids[2], NULL, 10));
  else if ((ids = fake_match (path, "/videos/{}/stream")) ||
           (ids = fake_match (path, "/videos/{}/stream.mkv")) ||
           (ids = fake_match (path, "/videos/{}/stream.mp4")) ||
           (ids = fake_match (path, "/videos/{}/stream.webm")))
    {
      if (fake_param_bool (x, "static", FALSE))
        reply_stream (self, x, ids[0]);
      else
        jellyfin_reply_error_text (x, 400);
    }
  else if ((ids = fake_match (path, "/videos/{}/{}/subtitles/{}/{}/stream.srt")) ||
           (ids = fake_match (path, "/videos/{}/{}/subtitles/{}/{}/stream.subrip")) ||
           (ids = fake_match (path, "/videos/{}/{}/subtitles/{}/stream.srt")))
    reply_subtitle (self, x, ids[1], ids[2], "srt");
  else if ((ids = fake_match (path, "/videos/{}/{}/subtitles/{}/{}/stream.vtt")) ||
           (ids = fake_match (path, "/videos/{}/{}/subtitles/{}/stream.vtt")))
    reply_subtitle (self, x, ids[1], ids[2], "vtt");
  else
    return FALSE;
  return TRUE;
}
