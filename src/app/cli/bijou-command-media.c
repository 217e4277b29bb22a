#include "config.h"

#include "bijou-command.h"

#include "bijou-media-cache.h"
#include "bijou-output-file.h"
#include "bijou-part-origin.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define COPY_BLOCK (1 << 20)

/* --- --fetch --- */

/* What is fetched, and what it took. */
typedef struct
{
  BijouCommand *command;   /* (unowned) */
  BijouItem *item;         /* (owned) */
  BijouDetail *detail;     /* (owned) (nullable) */
  BijouVersion *version;   /* (nullable) belongs to detail */
  BijouOutputFile *output; /* (owned) (nullable) */
  gint64 done;             /* bytes of the parts before the one that is fetched */
  gint64 size;             /* bytes of all parts, as far as they are known */
  gint64 bytes;
  guint requests;
  guint retries;
} Fetch;

static void
fetch_clear (Fetch *self)
{
  g_clear_object (&self->item);
  g_clear_object (&self->detail);
  g_clear_pointer (&self->output, bijou_output_file_free);
}

static void
on_fetch_progress (gint64 present, gint64 size, gpointer user_data)
{
  Fetch *self = user_data;

  bijou_output_progress_bytes (self->command->output, self->item->title, self->done + present,
                               MAX (self->size, self->done + size));
}

static gboolean
write_out (Fetch *self, BijouCacheEntry *entry, GError **error)
{
  g_autoptr (BijouCacheReader) reader =
      bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_PLAYBACK);
  g_autofree char *block = g_malloc (COPY_BLOCK);
  gint64 offset = 0;
  gssize n_read;

  while ((n_read = bijou_cache_entry_read (entry, reader, offset, block, COPY_BLOCK,
                                           self->command->cancellable, error)) > 0)
    {
      if (!bijou_output_file_write (self->output, block, (gsize) n_read, error))
        return FALSE;
      offset += n_read;
      on_fetch_progress (offset, bijou_cache_entry_get_size (entry), self);
    }
  return n_read == 0 && bijou_output_file_commit (self->output, error);
}

/* What is completed must be able to stay. */
static gboolean
check_room (Fetch *self, GError **error)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (self->command->context);
  gint64 budget = bijou_media_cache_get_budget (cache);
  g_autofree char *size = g_format_size ((guint64) self->size);
  g_autofree char *room = g_format_size ((guint64) budget);

  if (self->output != NULL)
    return TRUE;
  if (budget <= 0 || bijou_media_cache_get_only_watched (cache))
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FAILED,
                 _ ("The preferences say that films are not kept; use --output"));
  else if (self->size > budget)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FAILED,
                 _ ("%s is larger (%s) than the room for what was played (%s); use --output"),
                 self->item->title, size, room);
  else
    return TRUE;
  return FALSE;
}

/* Where the cache cannot take it, it is written out as it comes. */
static gboolean
is_of_cache (Fetch *self, const GError *error)
{
  return self->output != NULL && (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE) ||
                                  g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NO_SPACE));
}

static void
count (Fetch *self, BijouCacheEntry *entry)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  self->done += MAX (bijou_cache_entry_get_size (entry), 0);
  self->requests += stats.requests;
  self->bytes += stats.bytes;
  self->retries += stats.retries;
}

static gboolean
fetch_part (Fetch *self, BijouPart *part, GError **error)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (self->command->context);
  GCancellable *cancellable = self->command->cancellable;
  g_autoptr (BijouBackend) backend =
      bijou_command_require_backend (self->command, self->item->server_id, error);
  g_autofree char *session = bijou_text_make_uuid ();
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (GError) local = NULL;
  BijouCacheKey key;

  if (backend == NULL)
    return FALSE;
  origin = bijou_part_origin_new (backend, self->detail, part, session);
  bijou_part_origin_fill_key (self->detail, part, &key);
  entry =
      bijou_media_cache_fetch (cache, &key, origin, on_fetch_progress, self, cancellable, &local);
  if (entry == NULL && is_of_cache (self, local))
    entry = bijou_media_cache_open (cache, &key, origin);
  else if (entry == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  if (entry == NULL || (self->output != NULL && !write_out (self, entry, error)))
    return FALSE;
  count (self, entry);
  return TRUE;
}

static gboolean
find_version (Fetch *self, gboolean fresh, GError **error)
{
  g_clear_object (&self->detail);
  self->version = NULL;
  self->size = 0;
  self->detail = bijou_context_load_detail (self->command->context, self->item, fresh,
                                            self->command->cancellable, error);
  if (self->detail == NULL)
    return FALSE;
  if (bijou_detail_find_part (self->detail, NULL, &self->version) == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, _ ("There is no film behind %s"),
                   self->command->line->fetch);
      return FALSE;
    }
  for (guint i = 0; i < self->version->parts->len; i++)
    self->size += MAX (((BijouPart *) self->version->parts->pdata[i])->size, 0);
  if (self->output == NULL || self->version->parts->len == 1)
    return check_room (self, error);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FAILED,
               _ ("%s is in several files: --output can write only one"), self->item->title);
  return FALSE;
}

static gboolean
fetch_parts (Fetch *self, GError **error)
{
  for (guint i = 0; i < self->version->parts->len; i++)
    if (!fetch_part (self, self->version->parts->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
fetch_version (Fetch *self, GError **error)
{
  g_autoptr (GError) first = NULL;

  if (!find_version (self, FALSE, error))
    return FALSE;
  if (fetch_parts (self, &first))
    return TRUE;
  /* The file may have been replaced since the details were kept. */
  if (g_error_matches (first, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) && self->done == 0)
    return find_version (self, TRUE, error) && fetch_parts (self, error);
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static void
print_fetch (Fetch *self, gint64 begin_us)
{
  static const char *const columns[] = {
    "item", "size", "requests", "bytes", "retries", "ms", NULL
  };
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *key = bijou_item_dup_key (self->item);

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "item", key);
  bijou_output_member_int (builder, "size", self->done, -1);
  bijou_output_member_int (builder, "requests", self->requests, -1);
  bijou_output_member_int (builder, "bytes", self->bytes, -1);
  bijou_output_member_int (builder, "retries", self->retries, -1);
  bijou_output_member_int (builder, "ms", (g_get_monotonic_time () - begin_us) / 1000, -1);
  json_builder_end_object (builder);
  bijou_output_set_columns (self->command->output, columns);
  bijou_output_add (self->command->output, builder);
}

/**
 * bijou_command_fetch:
 * @self: a command
 * @error: return location
 *
 * `--fetch=ITEM`: completes the cache entries of its best version; `--output` writes it out.
 *
 * Returns: whether it is complete
 */
gboolean
bijou_command_fetch (BijouCommand *self, GError **error)
{
  gint64 begin_us = g_get_monotonic_time ();
  Fetch fetch = { .command = self };
  gboolean done = FALSE;

  fetch.item = bijou_command_find_item (self, self->line->fetch, error);
  /* Before it takes hours. */
  if (fetch.item != NULL && self->line->output != NULL)
    fetch.output = bijou_output_file_new (self->line->output, error);
  if (fetch.item != NULL && (self->line->output == NULL || fetch.output != NULL))
    done = fetch_version (&fetch, error);
  if (done)
    print_fetch (&fetch, begin_us);
  fetch_clear (&fetch);
  return done;
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
