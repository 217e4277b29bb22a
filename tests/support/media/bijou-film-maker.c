#include "config.h"

#include "bijou-film-maker.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <unistd.h>

#define SAMPLES_IN_BUFFER 9600

typedef struct Feed Feed;

/* One stream of a film on its way into the pipeline. */
struct Feed
{
  const BijouFilm *film; /* (not owned) */
  guint track;
  guint64 next; /* frame, sample or cue */
  GstBuffer *(*make) (Feed *self);
};

static gboolean
has_element (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

/* Fedora has no x264 in its own repositories. */
static char *
describe_h264_encoder (const BijouFilm *film)
{
  if (!has_element ("x264enc"))
    return g_strdup_printf ("openh264enc complexity=low gop-size=%d bitrate=%u ! h264parse",
                            film->fps * 2, film->video_kbits * 1000);
  return g_strdup_printf (
      "x264enc speed-preset=ultrafast trellis=false threads=1 "
      "option-string=deblock=1,1:aq-mode=1:aq-strength=1.3:subme=1 key-int-max=%d bitrate=%u "
      "rc-lookahead=0 sync-lookahead=0 bframes=0 "
      "! video/x-h264,profile=constrained-baseline ! h264parse",
      film->fps * 2, film->video_kbits);
}

static char *
describe_video_encoder (const BijouFilm *film)
{
  if (film->codec == BIJOU_FILM_VP9_OPUS)
    return g_strdup_printf (
        "vp9enc deadline=1 cpu-used=8 threads=2 keyframe-max-dist=%d lag-in-frames=0 "
        "target-bitrate=%u ! vp9parse",
        film->fps * 2, film->video_kbits * 1000);
  return describe_h264_encoder (film);
}

static const char *
describe_sound_encoder (const BijouFilm *film)
{
  if (film->codec == BIJOU_FILM_VP9_OPUS)
    return "opusenc bitrate=40000 complexity=2 ! opusparse";
  if (has_element ("voaacenc"))
    return "voaacenc bitrate=64000 ! aacparse";
  if (has_element ("fdkaacenc"))
    return "fdkaacenc bitrate=64000 ! aacparse";
  return "avenc_aac bitrate=64000 ! aacparse";
}

static void
append_tracks (GString *launch, guint n, const char *kind, const char *encoder)
{
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (launch,
                              " appsrc name=%s%u format=time %s ! taginject name=%s%u-tags "
                              "! mux.%s_%u",
                              kind, i, encoder, kind, i, kind, i);
    }
}

static char *
describe_pipeline (const BijouFilm *film)
{
  GString *launch = g_string_new (NULL);
  g_autofree char *video = describe_video_encoder (film);
  g_autofree char *sound = g_strdup_printf ("! audioconvert ! %s", describe_sound_encoder (film));
  const char *mux = film->container == BIJOU_FILM_MATROSKA ? "matroskamux" : "mp4mux";

  g_string_append_printf (launch,
                          "%s name=mux ! filesink name=out "
                          "appsrc name=video format=time ! %s "
                          "! mux.video_0",
                          mux, video);
  append_tracks (launch, film->n_sounds, "audio", sound);
  append_tracks (launch, film->n_texts, "subtitle", "");
  return g_string_free (launch, FALSE);
}

static GstBuffer *
make_frame (Feed *self)
{
  const BijouFilm *film = self->film;
  BijouFilmPicture picture = { .width = film->width, .height = film->height };
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  if (self->next >= (guint64) film->seconds * film->fps)
    return NULL;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, film->width, film->height);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  if (!gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE))
    g_error ("cannot map a frame just allocated");
  for (int i = 0; i < 3; i++)
    {
      picture.plane[i] = GST_VIDEO_FRAME_PLANE_DATA (&frame, i);
      picture.stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (&frame, i);
    }
  film->draw (&picture, self->next, film->data);
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (self->next, GST_SECOND, film->fps);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / film->fps;
  self->next++;
  return buffer;
}

static GstBuffer *
make_sound (Feed *self)
{
  const BijouFilm *film = self->film;
  guint64 total = (guint64) film->seconds * film->sample_rate;
  GstBuffer *buffer;
  GstMapInfo map;
  guint n;

  if (self->next >= total)
    return NULL;
  n = MIN (SAMPLES_IN_BUFFER, total - self->next);
  buffer = gst_buffer_new_allocate (NULL, n * sizeof (gint16), NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  film->sound ((gint16 *) map.data, n, self->next, self->track, film->data);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (self->next, GST_SECOND, film->sample_rate);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, film->sample_rate);
  self->next += n;
  return buffer;
}

static GstBuffer *
make_cue (Feed *self)
{
  guint64 start = 0, length = 0;
  char *text = self->film->cue (self->track, self->next, &start, &length, self->film->data);
  GstBuffer *buffer;

  if (text == NULL)
    return NULL;
  buffer = gst_buffer_new_wrapped (text, strlen (text));
  GST_BUFFER_PTS (buffer) = start * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = length * GST_MSECOND;
  self->next++;
  return buffer;
}

/* On the streaming thread of @source. */
static void
on_need_data_cb (GstAppSrc *source, guint length, gpointer data)
{
  Feed *self = data;
  GstBuffer *buffer = self->make (self);

  if (buffer == NULL)
    gst_app_src_end_of_stream (source);
  else
    gst_app_src_push_buffer (source, buffer);
}

static void
connect_feed (GstElement *pipeline,
              const BijouFilm *film,
              const char *name,
              guint track,
              GstCaps *caps,
              GstBuffer *(*make) (Feed *self))
{
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data_cb };
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), name);
  Feed *feed = g_new0 (Feed, 1);

  feed->film = film;
  feed->track = track;
  feed->make = make;
  gst_app_src_set_caps (GST_APP_SRC (source), caps);
  gst_app_src_set_callbacks (GST_APP_SRC (source), &callbacks, feed, g_free);
}

static void
tag_track (GstElement *pipeline, const char *name, const BijouFilmTrack *track)
{
  g_autofree char *element_name = g_strconcat (name, "-tags", NULL);
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), element_name);
  g_autoptr (GstTagList) list =
      gst_tag_list_new (GST_TAG_LANGUAGE_CODE, track->language, GST_TAG_TITLE, track->title, NULL);
  g_autofree char *tags = gst_tag_list_to_string (list);

  /* The property puts the structure's name in front of its value. */
  g_object_set (element, "tags", tags + strlen ("taglist, "), NULL);
}

static void
connect_tracks (GstElement *pipeline, const BijouFilm *film)
{
  g_autoptr (GstCaps) sound = gst_caps_new_simple (
      "audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout", G_TYPE_STRING, "interleaved",
      "rate", G_TYPE_INT, film->sample_rate, "channels", G_TYPE_INT, 1, NULL);
  g_autoptr (GstCaps) text =
      gst_caps_new_simple ("text/x-raw", "format", G_TYPE_STRING, "utf8", NULL);

  for (guint i = 0; i < film->n_sounds; i++)
    {
      g_autofree char *name = g_strdup_printf ("audio%u", i);

      tag_track (pipeline, name, &film->sounds[i]);
      connect_feed (pipeline, film, name, i, sound, make_sound);
    }
  for (guint i = 0; i < film->n_texts; i++)
    {
      g_autofree char *name = g_strdup_printf ("subtitle%u", i);

      tag_track (pipeline, name, &film->texts[i]);
      connect_feed (pipeline, film, name, i, text, make_cue);
    }
}

static void
connect_video (GstElement *pipeline, const BijouFilm *film)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, film->width, "height",
      G_TYPE_INT, film->height, "framerate", GST_TYPE_FRACTION, film->fps, 1, "pixel-aspect-ratio",
      GST_TYPE_FRACTION, 1, 1, "colorimetry", G_TYPE_STRING, "bt709", NULL);

  connect_feed (pipeline, film, "video", 0, caps, make_frame);
}

static GstTocEntry *
make_chapter (const BijouFilm *film, guint i)
{
  g_autofree char *uid = g_strdup_printf ("chapter%u", i + 1);
  GstTocEntry *entry = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_CHAPTER, uid);
  guint64 end_ms = i + 1 < film->n_chapters ? film->chapters[i + 1].start_ms
                                            : film->seconds * G_GUINT64_CONSTANT (1000);

  gst_toc_entry_set_start_stop_times (entry, film->chapters[i].start_ms * GST_MSECOND,
                                      end_ms * GST_MSECOND);
  gst_toc_entry_set_tags (entry, gst_tag_list_new (GST_TAG_TITLE, film->chapters[i].title, NULL));
  return entry;
}

static void
set_chapters (GstElement *mux, const BijouFilm *film)
{
  g_autoptr (GstToc) toc = gst_toc_new (GST_TOC_SCOPE_GLOBAL);
  GstTocEntry *edition = gst_toc_entry_new (GST_TOC_ENTRY_TYPE_EDITION, "edition");

  gst_toc_entry_set_start_stop_times (edition, 0, film->seconds * GST_SECOND);
  for (guint i = 0; i < film->n_chapters; i++)
    gst_toc_entry_append_sub_entry (edition, make_chapter (film, i));
  gst_toc_append_entry (toc, edition);
  gst_toc_setter_set_toc (GST_TOC_SETTER (mux), toc);
}

static void
set_up_mux (GstElement *pipeline, const BijouFilm *film, const char *path)
{
  g_autoptr (GstElement) mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  g_autofree char *spare = g_strconcat (path, "body~", NULL);

  if (film->title != NULL)
    gst_tag_setter_add_tags (GST_TAG_SETTER (mux), GST_TAG_MERGE_REPLACE, GST_TAG_TITLE,
                             film->title, NULL);
  if (film->container == BIJOU_FILM_MP4_INDEX_FIRST)
    g_object_set (mux, "faststart", TRUE, "faststart-file", spare, NULL);
  if (film->n_chapters > 0 && GST_IS_TOC_SETTER (mux))
    set_chapters (mux, film);
}

static GstElement *
build_pipeline (const BijouFilm *film, const char *path, GError **error)
{
  g_autofree char *launch = describe_pipeline (film);
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, error);
  g_autoptr (GstElement) out = NULL;

  if (pipeline == NULL)
    return NULL;
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  g_object_set (out, "location", path, NULL);
  set_up_mux (pipeline, film, path);
  connect_video (pipeline, film);
  connect_tracks (pipeline, film);
  return g_steal_pointer (&pipeline);
}

static gboolean
run_to_end (GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  gboolean done;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message =
      gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  done = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  if (!done)
    gst_message_parse_error (message, error, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return done;
}

gboolean
bijou_film_make (const BijouFilm *film, const char *path, GError **error)
{
  g_autofree char *part = g_strdup_printf ("%s.%d~", path, (int) getpid ());
  g_autoptr (GstElement) pipeline = build_pipeline (film, part, error);

  if (pipeline == NULL)
    return FALSE;
  gst_object_ref_sink (pipeline);
  if (!run_to_end (pipeline, error))
    {
      g_unlink (part);
      return FALSE;
    }
  if (g_rename (part, path) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}
