#include "config.h"

#include "bijou-toc.h"

static void
add_chapter (GstTocEntry *entry, GPtrArray *chapters)
{
  GstTagList *tags = gst_toc_entry_get_tags (entry);
  gint64 start = -1;
  gint64 stop = -1;
  BijouChapter *chapter;

  if (!gst_toc_entry_get_start_stop_times (entry, &start, &stop) || start < 0)
    return;
  chapter = bijou_chapter_new (start / GST_MSECOND, stop > start ? stop / GST_MSECOND : 0);
  if (tags != NULL)
    gst_tag_list_get_string (tags, GST_TAG_TITLE, &chapter->title);
  g_ptr_array_add (chapters, chapter);
}

/* Editions hold chapters; files without editions hold them at the top. */
static void
add_entries (GList *entries, GPtrArray *chapters)
{
  for (GList *l = entries; l != NULL; l = l->next)
    {
      if (gst_toc_entry_get_entry_type (l->data) == GST_TOC_ENTRY_TYPE_CHAPTER)
        add_chapter (l->data, chapters);
      else if (chapters->len == 0)
        add_entries (gst_toc_entry_get_sub_entries (l->data), chapters);
    }
}

static int
compare_chapters (gconstpointer a, gconstpointer b)
{
  const BijouChapter *left = *(BijouChapter *const *) a;
  const BijouChapter *right = *(BijouChapter *const *) b;

  return left->start_ms < right->start_ms ? -1 : left->start_ms > right->start_ms;
}

GPtrArray *
bijou_toc_list_chapters (GstToc *toc)
{
  GPtrArray *chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_chapter_free);

  g_return_val_if_fail (toc != NULL, chapters);

  add_entries (gst_toc_get_entries (toc), chapters);
  g_ptr_array_sort (chapters, compare_chapters);
  return chapters;
}
