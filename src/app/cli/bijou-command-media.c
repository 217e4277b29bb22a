#include "config.h"

#include "bijou-command.h"

#include "bijou-media-cache.h"
#include "bijou-part-origin.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define COPY_BLOCK (1 << 20)

/* --- --fetch --- */

static void
on_fetch_progress (gint64 present, gint64 size, gpointer user_data)
{
  BijouCommand *self = user_data;

  bijou_output_progress (self->output, self->line->fetch, present, size);
}

static gboolean
write_out (BijouCommand *self, BijouCacheEntry *entry, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->line->output);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autofree char *block = g_malloc (COPY_BLOCK);
  gint64 offset = 0;
  gssize n_read;

  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, self->cancellable,
                           error);
  if (stream == NULL)
    return FALSE;
  reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  while ((n_read = bijou_cache_entry_read (entry, reader, offset, block, COPY_BLOCK,
                                           self->cancellable, error)) > 0)
    {
      if (!g_output_stream_write_all (G_OUTPUT_STREAM (stream), block, n_read, NULL,
                                      self->cancellable, error))
        return FALSE;
      offset += n_read;
    }
  return n_read == 0 && g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

static void
print_fetch (BijouCommand *self, BijouItem *item, BijouCacheEntry *entry, gint64 begin_us)
{
  static const char *const columns[] = {
    "item", "size", "requests", "bytes", "retries", "ms", NULL
  };
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *key = bijou_item_dup_key (item);
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "item", key);
  bijou_output_member_int (builder, "size", bijou_cache_entry_get_size (entry), -1);
  bijou_output_member_int (builder, "requests", stats.requests, -1);
  bijou_output_member_int (builder, "bytes", stats.bytes, -1);
  bijou_output_member_int (builder, "retries", stats.retries, -1);
  bijou_output_member_int (builder, "ms", (g_get_monotonic_time () - begin_us) / 1000, -1);
  json_builder_end_object (builder);
  bijou_output_set_columns (self->output, columns);
  bijou_output_add (self->output, builder);
}

static BijouCacheEntry *
fetch_part (BijouCommand *self, BijouDetail *detail, BijouPart *part, GError **error)
{
  g_autoptr (BijouBackend) backend =
      bijou_command_require_backend (self, detail->item->server_id, error);
  g_autofree char *session = bijou_text_make_uuid ();
  g_autoptr (BijouMediaOrigin) origin = NULL;
  BijouCacheKey key;

  if (backend == NULL)
    return NULL;
  origin = bijou_part_origin_new (backend, detail, part, session);
  bijou_part_origin_fill_key (detail, part, &key);
  return bijou_media_cache_fetch (bijou_context_get_media_cache (self->context), &key, origin,
                                  on_fetch_progress, self, self->cancellable, error);
}

/**
 * bijou_command_fetch:
 * @self: a command
 * @error: return location
 *
 * `--fetch=ITEM`: completes the cache entry of its best version; `--output` writes it out.
 *
 * Returns: whether it is complete
 */
gboolean
bijou_command_fetch (BijouCommand *self, GError **error)
{
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (BijouItem) item = bijou_command_find_item (self, self->line->fetch, error);
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (BijouCacheEntry) entry = NULL;
  BijouPart *part;

  if (item != NULL)
    detail = bijou_context_load_detail (self->context, item, FALSE, self->cancellable, error);
  if (detail == NULL)
    return FALSE;
  part = bijou_detail_find_part (detail, NULL, NULL);
  if (part == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, _ ("There is no film behind %s"),
                   self->line->fetch);
      return FALSE;
    }
  entry = fetch_part (self, detail, part, error);
  if (entry == NULL || (self->line->output != NULL && !write_out (self, entry, error)))
    return FALSE;
  print_fetch (self, item, entry, begin_us);
  return TRUE;
}

/* --- --cache --- */

static void
add_extents (JsonBuilder *builder, BijouRangeMap *extents)
{
  guint n_extents = bijou_range_map_get_length (extents);

  json_builder_set_member_name (builder, "extents");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_extents; i++)
    {
      const BijouExtent *extent = bijou_range_map_get (extents, i);

      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, extent->from);
      json_builder_add_int_value (builder, extent->to);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
print_entry (BijouCommand *self, BijouCacheInfo *info)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *item = g_strconcat (info->server_id, ":", info->item_id, NULL);

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "item", item);
  bijou_output_member_text (builder, "part", info->part_id);
  bijou_output_member_int (builder, "size", info->size, -1);
  bijou_output_member_int (builder, "present", bijou_range_map_get_total (info->extents), -1);
  bijou_output_member_int (builder, "disk", info->disk, -1);
  add_extents (builder, info->extents);
  bijou_output_member_boolean (builder, "pinned", info->pinned);
  bijou_output_member_time (builder, "last_used", info->last_used);
  json_builder_end_object (builder);
  bijou_output_add (self->output, builder);
}

static void
print_cache_sum (BijouCommand *self, BijouMediaCache *cache, gint64 present)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "item", NULL);
  bijou_output_member_int (builder, "present", present, -1);
  bijou_output_member_int (builder, "disk", bijou_media_cache_get_disk_usage (cache), -1);
  bijou_output_member_int (builder, "budget", bijou_media_cache_get_budget (cache), -1);
  json_builder_end_object (builder);
  bijou_output_add (self->output, builder);
}

/**
 * bijou_command_cache:
 * @self: a command
 * @error: return location
 *
 * `--cache`: one object for each entry, then the sum; `--clear` empties it first.
 *
 * Returns: %TRUE
 */
gboolean
bijou_command_cache (BijouCommand *self, GError **error)
{
  static const char *const columns[] = { "item", "size", "present", "disk", "last_used", NULL };
  BijouMediaCache *cache = bijou_context_get_media_cache (self->context);
  g_autoptr (GPtrArray) entries = NULL;
  gint64 present = 0;

  if (self->line->clear)
    bijou_media_cache_clear (cache, NULL);
  entries = bijou_media_cache_list (cache);
  bijou_output_set_columns (self->output, columns);
  for (guint i = 0; i < entries->len; i++)
    {
      BijouCacheInfo *info = g_ptr_array_index (entries, i);

      present += bijou_range_map_get_total (info->extents);
      print_entry (self, info);
    }
  print_cache_sum (self, cache, present);
  return TRUE;
}
