#include "config.h"

#include <glib/gstdio.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

/* Runs bijou-make-films, whose path is the first argument, and looks into what it made. */

static const char *program;
static char *folder;

static void
run_program (void)
{
  const char *argv[] = { program, "--seconds=4", folder, NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

static GstDiscovererInfo *
discover (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *uri = gst_filename_to_uri (path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstDiscoverer) discoverer = gst_discoverer_new (20 * GST_SECOND, &error);
  GstDiscovererInfo *info = gst_discoverer_discover_uri (discoverer, uri, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gst_discoverer_info_get_result (info), ==, GST_DISCOVERER_OK);
  return info;
}

static void
check_languages (GstDiscovererInfo *info)
{
  GList *sounds = gst_discoverer_info_get_audio_streams (info);
  g_autofree char *all = NULL;
  GString *languages = g_string_new (NULL);

  for (GList *l = sounds; l != NULL; l = l->next)
    g_string_append_printf (languages, "%s ", gst_discoverer_audio_info_get_language (l->data));
  all = g_string_free (languages, FALSE);
  g_assert_cmpuint (g_list_length (sounds), ==, 2);
  g_assert_nonnull (strstr (all, "en"));
  g_assert_nonnull (strstr (all, "fr"));
  gst_discoverer_stream_info_list_free (sounds);
}

static void
check_chapters (GstDiscovererInfo *info)
{
  const GstToc *toc = gst_discoverer_info_get_toc (info);
  GList *entries, *chapters;

  g_assert_nonnull (toc);
  entries = gst_toc_get_entries (toc);
  g_assert_cmpuint (g_list_length (entries), ==, 1);
  chapters = gst_toc_entry_get_sub_entries (entries->data);
  g_assert_cmpuint (g_list_length (chapters), ==, 4);
}

static void
check_film (const char *name, const char *caps, guint n_texts, gboolean chapters)
{
  g_autoptr (GstDiscovererInfo) info = discover (name);
  GList *videos = gst_discoverer_info_get_video_streams (info);
  GList *texts = gst_discoverer_info_get_subtitle_streams (info);
  g_autoptr (GstCaps) video = NULL;

  g_assert_cmpuint (g_list_length (videos), ==, 1);
  video = gst_discoverer_stream_info_get_caps (videos->data);
  g_assert_true (gst_structure_has_name (gst_caps_get_structure (video, 0), caps));
  g_assert_cmpuint (gst_discoverer_video_info_get_width (videos->data), ==, 320);
  g_assert_cmpuint (g_list_length (texts), ==, n_texts);
  g_assert_cmpuint (gst_discoverer_info_get_duration (info) / GST_SECOND, ==, 4);
  g_assert_true (gst_discoverer_info_get_seekable (info));
  check_languages (info);
  if (chapters)
    check_chapters (info);
  gst_discoverer_stream_info_list_free (videos);
  gst_discoverer_stream_info_list_free (texts);
}

static void
test_films (void)
{
  check_film ("h264.mkv", "video/x-h264", 2, TRUE);
  check_film ("vp9.mkv", "video/x-vp9", 2, TRUE);
  check_film ("h264-first.mp4", "video/x-h264", 1, FALSE);
  check_film ("h264-last.mp4", "video/x-h264", 1, FALSE);
}

static gsize
find_box (const char *name, const char *box)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *data = NULL;
  gsize n, at = 0;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  while (at + 8 <= n)
    {
      guint32 size;

      memcpy (&size, data + at, 4);
      if (memcmp (data + at + 4, box, 4) == 0)
        return at;
      g_assert_cmpuint (GUINT32_FROM_BE (size), >=, 8);
      at += GUINT32_FROM_BE (size);
    }
  g_assert_not_reached ();
}

static void
test_index (void)
{
  g_assert_cmpuint (find_box ("h264-first.mp4", "moov"), <, find_box ("h264-first.mp4", "mdat"));
  g_assert_cmpuint (find_box ("h264-last.mp4", "moov"), >, find_box ("h264-last.mp4", "mdat"));
}

/* What is there is left alone, and nothing else is left behind. */
static void
test_again (void)
{
  g_autofree char *path = g_build_filename (folder, "vp9.mkv", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n = 0;

  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  run_program ();
  g_assert_true (g_file_get_contents (path, &data, NULL, NULL));
  g_assert_cmpstr (data, ==, "mine");
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_assert_false (g_str_has_suffix (name, "~"));
      n++;
    }
  g_assert_cmpuint (n, ==, 4);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  folder = g_dir_make_tmp ("bijou-films-XXXXXX", NULL);
  run_program ();
  g_test_add_func ("/make-films/films", test_films);
  g_test_add_func ("/make-films/index", test_index);
  g_test_add_func ("/make-films/again", test_again);
  status = g_test_run ();
  remove_folder ();
  g_free (folder);
  return status;
}
