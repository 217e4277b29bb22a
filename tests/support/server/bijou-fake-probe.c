#include "config.h"

#include "bijou-fake-library.h"

#include <glib/gstdio.h>
#include <gst/pbutils/pbutils.h>
#include <gst/tag/tag.h>
#include <string.h>

static const struct
{
  const char *caps;
  const char *codec;
} codecs[] = {
  { "video/x-h264", "h264" },
  { "video/x-h265", "hevc" },
  { "video/x-vp9", "vp9" },
  { "video/x-vp8", "vp8" },
  { "video/x-av1", "av1" },
  { "audio/x-vorbis", "vorbis" },
  { "audio/x-opus", "opus" },
  { "audio/x-ac3", "ac3" },
  { "audio/x-eac3", "eac3" },
  { "audio/x-flac", "flac" },
  { "audio/mpeg", "aac" },
  { "text/x-raw", "subrip" },
  { "application/x-ssa", "ass" },
  { "application/x-ass", "ass" },
  { "application/x-subtitle-vtt", "webvtt" },
  { "subpicture/x-dvd", "dvd_subtitle" },
  { "subpicture/x-pgs", "hdmv_pgs_subtitle" },
};

static void
name_codec (GstDiscovererStreamInfo *info, BijouFakeStream *stream)
{
  g_autoptr (GstCaps) caps = gst_discoverer_stream_info_get_caps (info);
  const GstStructure *structure =
      caps != NULL && gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  const char *name = structure != NULL ? gst_structure_get_name (structure) : "";
  int version = 4;

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (strcmp (codecs[i].caps, name) == 0)
      g_strlcpy (stream->codec, codecs[i].codec, sizeof stream->codec);
  if (structure != NULL && strcmp (name, "audio/mpeg") == 0 &&
      gst_structure_get_int (structure, "mpegversion", &version) && version == 1)
    g_strlcpy (stream->codec, "mp3", sizeof stream->codec);
  if (stream->codec[0] == '\0')
    g_strlcpy (stream->codec, "unknown", sizeof stream->codec);
}

static void
fill_stream (GstDiscovererStreamInfo *info, BijouFakeStream *stream)
{
  const char *language = NULL;

  name_codec (info, stream);
  if (GST_IS_DISCOVERER_VIDEO_INFO (info))
    {
      GstDiscovererVideoInfo *video = GST_DISCOVERER_VIDEO_INFO (info);
      guint den = gst_discoverer_video_info_get_framerate_denom (video);

      stream->type = BIJOU_FAKE_STREAM_VIDEO;
      stream->width = gst_discoverer_video_info_get_width (video);
      stream->height = gst_discoverer_video_info_get_height (video);
      stream->fps =
          den != 0 ? (double) gst_discoverer_video_info_get_framerate_num (video) / den : 24;
    }
  else if (GST_IS_DISCOVERER_AUDIO_INFO (info))
    {
      stream->type = BIJOU_FAKE_STREAM_AUDIO;
      stream->channels = gst_discoverer_audio_info_get_channels (GST_DISCOVERER_AUDIO_INFO (info));
      stream->bitrate = 128;
      language = gst_discoverer_audio_info_get_language (GST_DISCOVERER_AUDIO_INFO (info));
    }
  else if (GST_IS_DISCOVERER_SUBTITLE_INFO (info))
    {
      stream->type = BIJOU_FAKE_STREAM_SUBTITLE;
      language = gst_discoverer_subtitle_info_get_language (GST_DISCOVERER_SUBTITLE_INFO (info));
    }
  if (language != NULL)
    {
      const char *code = gst_tag_get_language_code_iso_639_2B (language);

      g_strlcpy (stream->language, code != NULL ? code : language, sizeof stream->language);
    }
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  return gst_discoverer_stream_info_get_stream_number ((GstDiscovererStreamInfo *) a) -
         gst_discoverer_stream_info_get_stream_number ((GstDiscovererStreamInfo *) b);
}

static void
fill_streams (BijouFakeFilm *film, GstDiscovererInfo *info)
{
  GList *list = g_list_sort (gst_discoverer_info_get_stream_list (info), compare_numbers);
  guint seen[4] = { 0 };
  int index = 0;

  for (GList *l = list; l != NULL; l = l->next)
    {
      BijouFakeStream stream = { 0 };
      const GstTagList *tags = gst_discoverer_stream_info_get_tags (l->data);
      g_autofree char *title = NULL;

      fill_stream (l->data, &stream);
      if (stream.type == 0)
        continue;
      if (tags != NULL && gst_tag_list_get_string (tags, GST_TAG_TITLE, &title))
        g_strlcpy (stream.title, title, sizeof stream.title);
      stream.index = index++;
      stream.is_default = seen[stream.type]++ == 0 && stream.type != BIJOU_FAKE_STREAM_SUBTITLE;
      g_array_append_val (film->streams, stream);
    }
  gst_discoverer_stream_info_list_free (list);
}

static void
add_chapters (BijouFakeFilm *film, GList *entries)
{
  for (GList *l = entries; l != NULL; l = l->next)
    {
      GstTocEntry *entry = l->data;
      GstTagList *tags = gst_toc_entry_get_tags (entry);
      g_autofree char *title = NULL;
      gint64 start = 0;

      if (tags != NULL)
        gst_tag_list_get_string (tags, GST_TAG_TITLE, &title);
      if (gst_toc_entry_get_entry_type (entry) == GST_TOC_ENTRY_TYPE_CHAPTER &&
          gst_toc_entry_get_start_stop_times (entry, &start, NULL))
        g_ptr_array_add (film->chapters, bijou_fake_chapter_new (title, NULL, start / GST_MSECOND));
      add_chapters (film, gst_toc_entry_get_sub_entries (entry));
    }
}

void
bijou_fake_film_probe (BijouFakeFilm *film)
{
  g_autoptr (GstDiscoverer) discoverer = NULL;
  g_autoptr (GstDiscovererInfo) info = NULL;
  g_autofree char *uri = NULL;
  GStatBuf status;
  const GstToc *toc;

  if (g_stat (film->path, &status) == 0)
    film->size = status.st_size;
  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  discoverer = gst_discoverer_new (10 * GST_SECOND, NULL);
  uri = g_filename_to_uri (film->path, NULL, NULL);
  if (discoverer != NULL && uri != NULL)
    info = gst_discoverer_discover_uri (discoverer, uri, NULL);
  if (info == NULL)
    return;
  film->duration_ms = gst_discoverer_info_get_duration (info) / GST_MSECOND;
  fill_streams (film, info);
  toc = gst_discoverer_info_get_toc (info);
  if (toc != NULL)
    add_chapters (film, gst_toc_get_entries (toc));
  for (guint i = 0; i < film->streams->len; i++)
    {
      BijouFakeStream *stream = &g_array_index (film->streams, BijouFakeStream, i);

      if (stream->type == BIJOU_FAKE_STREAM_VIDEO && film->duration_ms > 0)
        stream->bitrate = MAX (1, (gint64) film->size * 8 / film->duration_ms);
    }
}
