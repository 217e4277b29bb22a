#include "config.h"

#include "bijou-media-cache.h"

#include "bijou-cache-entry-private.h"
#include "bijou-weak.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define PROGRESS_MS 200

struct _BijouMediaCache
{
  GObject parent_instance;

  BijouHttp *http;          /* (owned) */
  BijouWorker *saver;       /* (owned) writes sidecars, evicts */
  char *directory;          /* (owned) */
  BijouCacheLimits *limits; /* (owned) rc box */

  struct
  {
    GMutex lock;
    GHashTable *entries; /* (owned) name → GWeakRef (owned) of what is open */
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouMediaCache, bijou_media_cache, G_TYPE_OBJECT)

static void
bijou_media_cache_finalize (GObject *object)
{
  BijouMediaCache *self = BIJOU_MEDIA_CACHE (object);

  g_hash_table_unref (self->shared.entries);
  g_mutex_clear (&self->shared.lock);
  g_object_unref (self->saver);
  g_object_unref (self->http);
  g_atomic_rc_box_release (self->limits);
  g_free (self->directory);

  G_OBJECT_CLASS (bijou_media_cache_parent_class)->finalize (object);
}

static void
bijou_media_cache_class_init (BijouMediaCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_media_cache_finalize;
}

static void
bijou_media_cache_init (BijouMediaCache *self)
{
  g_mutex_init (&self->shared.lock);
  self->shared.entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bijou_weak_free);
  self->limits = g_atomic_rc_box_new0 (BijouCacheLimits);
  self->limits->ahead_s = BIJOU_READ_AHEAD_SECONDS;
  self->limits->ahead_mb = BIJOU_READ_AHEAD_LIMIT_MB;
  self->saver = bijou_worker_new ("bijou-cachesave");
}

/**
 * bijou_cache_info_free:
 * @self: (transfer full): an entry of a list
 */
void
bijou_cache_info_free (BijouCacheInfo *self)
{
  g_free (self->server_id);
  g_free (self->item_id);
  g_free (self->part_id);
  bijou_range_map_free (self->extents);
  g_free (self);
}

/**
 * bijou_media_cache_new:
 * @http: the client
 * @directory: its folder, made when first needed
 * @budget: bytes of disk, 0 keeps nothing
 *
 * Returns: (transfer full): a cache
 */
BijouMediaCache *
bijou_media_cache_new (BijouHttp *http, const char *directory, gint64 budget)
{
  BijouMediaCache *self;

  g_return_val_if_fail (BIJOU_IS_HTTP (http) && directory != NULL, NULL);

  self = g_object_new (BIJOU_TYPE_MEDIA_CACHE, NULL);
  self->http = g_object_ref (http);
  self->directory = g_strdup (directory);
  self->limits->budget = budget;
  return self;
}

/* Nothing of the key can be read from the name. */
static char *
make_name (const BijouCacheKey *key)
{
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%s", key->server_id, key->item_id,
                       key->part_id, key->size, key->version == NULL ? "" : key->version);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static BijouCacheClaims *
create_claims (const BijouCacheKey *key)
{
  BijouCacheClaims *claims = bijou_cache_claims_new ();

  claims->server_id = g_strdup (key->server_id);
  claims->item_id = g_strdup (key->item_id);
  claims->part_id = g_strdup (key->part_id);
  claims->size = key->size > 0 ? key->size : -1;
  return claims;
}

/* What was closed cannot be removed before it is saved: with one film opened after the other and a
 * slow disk the folder would grow over its budget. */
static void
wait_for_saver (BijouMediaCache *self)
{
  if (g_atomic_int_get (&self->limits->unsaved) >= bijou_cache_get_step (self->limits->budget))
    bijou_media_cache_flush (self);
}

/* An entry that was just closed may still be saved: its lock goes with that. @foreign: another
 * process has it. */
static BijouCacheFile *
open_file (BijouMediaCache *self, const char *name, gboolean *foreign)
{
  g_autoptr (GError) error = NULL;
  BijouCacheFile *file;

  if (self->limits->budget <= 0)
    return NULL;
  wait_for_saver (self);
  file = bijou_cache_file_open (self->directory, name, &error);
  if (file == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      g_clear_error (&error);
      bijou_media_cache_flush (self);
      file = bijou_cache_file_open (self->directory, name, &error);
    }
  *foreign = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  if (*foreign)
    g_info ("Another process has a film open: reading what it has");
  else if (file == NULL)
    g_message ("Playing from memory: %s", error->message);
  return file;
}

static void
attach_file (BijouMediaCache *self, BijouCacheEntry *entry, const char *name)
{
  BijouCacheFile *file = open_file (self, name, &entry->is_foreign);
  BijouCacheClaims *claims = file == NULL ? NULL : bijou_cache_file_load (file);
  BijouCacheView *view =
      entry->is_foreign ? bijou_cache_view_new (self->directory, name, &claims) : NULL;

  bijou_cache_entry_attach (entry, file, view, claims);
}

/* To a film of which nothing is here the server is asked for its head while the file is made. */
static BijouCacheEntry *
create_entry (BijouMediaCache *self,
              const char *name,
              const BijouCacheKey *key,
              BijouMediaOrigin *origin,
              gint64 bitrate)
{
  BijouCacheEntry *entry = bijou_cache_entry_new (self->http, self->saver, self->directory,
                                                  self->limits, create_claims (key), origin);

  g_mutex_lock (&entry->io);
  if (bitrate >= 0)
    {
      bijou_cache_entry_set_bitrate (entry, bitrate);
      if (!bijou_cache_file_has_claims (self->directory, name))
        bijou_cache_entry_begin (entry);
    }
  attach_file (self, entry, name);
  g_mutex_unlock (&entry->io);
  return entry;
}

/* With the lock held. */
static BijouCacheEntry *
find_open (BijouMediaCache *self, const char *name)
{
  GWeakRef *weak = g_hash_table_lookup (self->shared.entries, name);

  return weak == NULL ? NULL : g_weak_ref_get (weak);
}

static void
remember (BijouMediaCache *self, const char *name, BijouCacheEntry *entry)
{
  g_hash_table_replace (self->shared.entries, g_strdup (name), bijou_weak_new (entry));
}

/* @bitrate: of a film that is to be played, else -1 */
static BijouCacheEntry *
open_entry (BijouMediaCache *self,
            const BijouCacheKey *key,
            BijouMediaOrigin *origin,
            gint64 bitrate)
{
  g_autofree char *name = NULL;
  BijouCacheEntry *entry;

  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), NULL);
  g_return_val_if_fail (key->server_id != NULL && key->item_id != NULL && key->part_id != NULL,
                        NULL);

  name = make_name (key);
  g_mutex_lock (&self->shared.lock);
  entry = find_open (self, name);
  if (entry != NULL)
    {
      bijou_cache_entry_set_origin (entry, origin);
      if (bitrate >= 0)
        bijou_cache_entry_set_bitrate (entry, bitrate);
    }
  else
    {
      entry = create_entry (self, name, key, origin, bitrate);
      remember (self, name, entry);
    }
  g_mutex_unlock (&self->shared.lock);
  return entry;
}

/**
 * bijou_media_cache_open:
 * @self: a cache
 * @key: what of
 * @origin: (nullable): where its bytes come from
 *
 * Opens an entry; where the disk cannot be used, one in memory. Any thread.
 *
 * Returns: (transfer full): the entry, the same for all who have it open
 */
BijouCacheEntry *
bijou_media_cache_open (BijouMediaCache *self, const BijouCacheKey *key, BijouMediaOrigin *origin)
{
  return open_entry (self, key, origin, -1);
}

/**
 * bijou_media_cache_open_to_play:
 * @self: a cache
 * @key: what of
 * @origin: (nullable): where its bytes come from
 * @bitrate: bits per second of the media, 0 unknown
 *
 * Like bijou_media_cache_open(), for a player that reads from the first byte on: where nothing is
 * here, that is on its way when this returns. Any thread.
 *
 * Returns: (transfer full): the entry, the same for all who have it open
 */
BijouCacheEntry *
bijou_media_cache_open_to_play (BijouMediaCache *self,
                                const BijouCacheKey *key,
                                BijouMediaOrigin *origin,
                                gint64 bitrate)
{
  return open_entry (self, key, origin, MAX (bitrate, 0));
}

static gboolean
may_stay (BijouCacheEntry *entry, gint64 budget)
{
  gboolean may;

  g_mutex_lock (&entry->shared.lock);
  may = entry->shared.claims->pinned || entry->shared.claims->size <= budget;
  g_mutex_unlock (&entry->shared.lock);
  return may;
}

/* Whether it can be completed on disk, and stay there. */
static gboolean
check_room (BijouMediaCache *self, BijouCacheEntry *entry, GError **error)
{
  gint64 budget = self->limits->budget;

  if (entry->is_foreign)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE,
                         "another Bijou has the film open");
  else if (budget <= 0)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "the cache is switched off");
  else if (bijou_cache_entry_is_in_memory (entry))
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_NO_SPACE, "the cache cannot be written");
  else if (!may_stay (entry, budget))
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE,
                         "the film is larger than the cache may be");
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_whole_on_disk (BijouCacheEntry *entry)
{
  return bijou_cache_entry_is_complete (entry) &&
         (entry->is_foreign || !bijou_cache_entry_is_in_memory (entry));
}

static void
tell_progress (BijouCacheEntry *entry, BijouCacheProgressFunc progress, gpointer user_data)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  if (progress != NULL)
    progress (stats.present, bijou_cache_entry_get_size (entry), user_data);
}

static gboolean
fill (BijouMediaCache *self,
      BijouCacheEntry *entry,
      BijouCacheProgressFunc progress,
      gpointer user_data,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (BijouCacheReader) reader =
      bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);

  while (!is_whole_on_disk (entry))
    {
      if (!check_room (self, entry, error) ||
          bijou_cache_entry_wait_progress (entry, reader, PROGRESS_MS, cancellable, error) < 0)
        return FALSE;
      tell_progress (entry, progress, user_data);
    }
  tell_progress (entry, progress, user_data);
  return TRUE;
}

/**
 * bijou_media_cache_fetch:
 * @self: a cache
 * @key: what of
 * @origin: where its bytes come from
 * @progress: (nullable): called on this thread
 * @user_data: for @progress
 * @cancellable: (nullable): gives up; what came is kept
 * @error: return location; %BIJOU_ERROR_NO_SPACE when the disk cannot be used,
 *   %BIJOU_ERROR_STORAGE when another process has the entry open or the cache is off
 *
 * Completes an entry on disk. Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): the complete entry
 */
BijouCacheEntry *
bijou_media_cache_fetch (BijouMediaCache *self,
                         const BijouCacheKey *key,
                         BijouMediaOrigin *origin,
                         BijouCacheProgressFunc progress,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (BijouCacheEntry) entry = bijou_media_cache_open (self, key, origin);

  if (!fill (self, entry, progress, user_data, cancellable, error))
    return NULL;
  return g_steal_pointer (&entry);
}

/* (nullable): the entry whose sidecar @file is. */
static char *
dup_name (const char *file)
{
  if (!g_str_has_suffix (file, BIJOU_CACHE_SIDECAR_SUFFIX))
    return NULL;
  return g_strndup (file, strlen (file) - strlen (BIJOU_CACHE_SIDECAR_SUFFIX));
}

static BijouCacheInfo *
read_info (BijouMediaCache *self, const char *name)
{
  g_autofree char *base = g_build_filename (self->directory, name, NULL);
  g_autofree char *sidecar = g_strconcat (base, BIJOU_CACHE_SIDECAR_SUFFIX, NULL);
  g_autofree char *data = g_strconcat (base, BIJOU_CACHE_DATA_SUFFIX, NULL);
  g_autoptr (BijouCacheClaims) claims = bijou_cache_claims_load (sidecar);
  struct stat status;
  BijouCacheInfo *info;

  if (claims == NULL || g_stat (data, &status) != 0)
    return NULL;

  info = g_new0 (BijouCacheInfo, 1);
  info->server_id = g_steal_pointer (&claims->server_id);
  info->item_id = g_steal_pointer (&claims->item_id);
  info->part_id = g_steal_pointer (&claims->part_id);
  info->size = claims->size;
  info->extents = bijou_range_map_copy (claims->extents);
  bijou_range_map_remove (info->extents, status.st_size, G_MAXINT64);
  info->disk = bijou_cache_measure (self->directory, name);
  info->pinned = claims->pinned;
  info->last_used = claims->last_used;
  return info;
}

/**
 * bijou_media_cache_look_up:
 * @self: a cache
 * @key: what of
 *
 * What is present of it: as it is now where it is open here, else as its sidecar says. Opens
 * nothing. Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): %NULL when there is nothing
 */
BijouCacheInfo *
bijou_media_cache_look_up (BijouMediaCache *self, const BijouCacheKey *key)
{
  g_autofree char *name = NULL;
  BijouCacheEntry *entry;
  BijouCacheInfo *info;

  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), NULL);

  name = make_name (key);
  info = read_info (self, name);
  g_mutex_lock (&self->shared.lock);
  entry = find_open (self, name);
  g_mutex_unlock (&self->shared.lock);
  if (entry != NULL && info != NULL)
    {
      bijou_range_map_free (info->extents);
      info->extents = bijou_cache_entry_get_extents (entry);
      info->size = bijou_cache_entry_get_size (entry);
    }
  g_clear_pointer (&entry, bijou_cache_entry_release);
  return info;
}

static int
compare_infos (gconstpointer a, gconstpointer b)
{
  const BijouCacheInfo *left = *(const BijouCacheInfo *const *) a;
  const BijouCacheInfo *right = *(const BijouCacheInfo *const *) b;

  return left->last_used > right->last_used ? -1 : left->last_used < right->last_used;
}

/**
 * bijou_media_cache_list:
 * @self: a cache
 *
 * What the sidecars on disk say, also of entries that other processes have open; what is being
 * fetched is a few seconds behind. Any thread, blocking.
 *
 * Returns: (transfer full) (element-type BijouCacheInfo): last used first
 */
GPtrArray *
bijou_media_cache_list (BijouMediaCache *self)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_cache_info_free);
  g_autoptr (GDir) dir = NULL;
  const char *file;

  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), NULL);

  dir = g_dir_open (self->directory, 0, NULL);
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *name = dup_name (file);
      BijouCacheInfo *info = name != NULL ? read_info (self, name) : NULL;

      if (info != NULL)
        g_ptr_array_add (infos, info);
    }
  g_ptr_array_sort (infos, compare_infos);
  return infos;
}

/**
 * bijou_media_cache_get_disk_usage:
 * @self: a cache
 *
 * Returns: bytes of real disk blocks, with those that no sidecar claims. Any thread, blocking.
 */
gint64
bijou_media_cache_get_disk_usage (BijouMediaCache *self)
{
  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), 0);

  return bijou_cache_measure_all (self->directory);
}

/**
 * bijou_media_cache_get_budget:
 * @self: a cache
 *
 * Returns: bytes of disk
 */
gint64
bijou_media_cache_get_budget (BijouMediaCache *self)
{
  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), 0);

  return self->limits->budget;
}

/**
 * bijou_media_cache_set_read_ahead:
 * @self: a cache
 * @seconds: of media, to be ahead of a reader
 * @limit_mb: at most so far ahead
 *
 * Holds from the next look of each transfer on. Any thread.
 */
void
bijou_media_cache_set_read_ahead (BijouMediaCache *self, guint seconds, guint limit_mb)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  g_atomic_int_set (&self->limits->ahead_s, (gint) seconds);
  g_atomic_int_set (&self->limits->ahead_mb, (gint) limit_mb);
}

/**
 * bijou_media_cache_set_metered:
 * @self: a cache
 * @metered: whether the network is paid for by the byte: only what is watched soon is fetched then
 *
 * Any thread.
 */
void
bijou_media_cache_set_metered (BijouMediaCache *self, gboolean metered)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  g_atomic_int_set (&self->limits->metered, metered);
}

/**
 * bijou_media_cache_set_budget:
 * @self: a cache
 * @budget: bytes of disk, 0 keeps nothing from the next entry on
 *
 * What is over it is removed in the background. Any thread.
 */
void
bijou_media_cache_set_budget (BijouMediaCache *self, gint64 budget)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  if (budget == self->limits->budget)
    return;
  self->limits->budget = budget;
  bijou_cache_schedule_eviction (self->saver, self->directory, self->limits, FALSE);
}

/**
 * bijou_media_cache_set_only_watched:
 * @self: a cache
 * @only_watched: whether a film goes as soon as nobody has it open
 *
 * Downloads (pinned entries) stay. Any thread.
 */
void
bijou_media_cache_set_only_watched (BijouMediaCache *self, gboolean only_watched)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  if (only_watched == self->limits->only_watched)
    return;
  self->limits->only_watched = only_watched;
  bijou_cache_schedule_eviction (self->saver, self->directory, self->limits, FALSE);
}

/**
 * bijou_media_cache_get_only_watched:
 * @self: a cache
 *
 * Returns: whether a film goes as soon as nobody has it open. Any thread.
 */
gboolean
bijou_media_cache_get_only_watched (BijouMediaCache *self)
{
  g_return_val_if_fail (BIJOU_IS_MEDIA_CACHE (self), FALSE);

  return self->limits->only_watched;
}

/**
 * bijou_media_cache_tidy:
 * @self: a cache
 *
 * Looks for what crashes left, and at the budget, in the background; once after the start. Any
 * thread.
 */
void
bijou_media_cache_tidy (BijouMediaCache *self)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  bijou_cache_schedule_eviction (self->saver, self->directory, self->limits, TRUE);
}

/* A film that plays goes on, from a file that is in no folder any more. */
static void
abandon_open (BijouMediaCache *self, const char *server_id)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer weak;

  g_mutex_lock (&self->shared.lock);
  g_hash_table_iter_init (&iter, self->shared.entries);
  while (g_hash_table_iter_next (&iter, NULL, &weak))
    {
      BijouCacheEntry *entry = g_weak_ref_get (weak);

      if (entry != NULL)
        g_ptr_array_add (open, entry); /* the last reference is not dropped with the lock held */
      if (entry != NULL && entry->file != NULL &&
          g_strcmp0 (entry->shared.claims->server_id, server_id) == 0)
        {
          bijou_cache_file_abandon (entry->file);
          g_hash_table_iter_remove (&iter);
        }
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_media_cache_clear:
 * @self: a cache
 * @server_id: (nullable): only its entries, pinned ones and open ones too; %NULL: all but those
 *
 * Removes what is kept. A film that plays goes on. Any thread, blocking.
 */
void
bijou_media_cache_clear (BijouMediaCache *self, const char *server_id)
{
  g_autoptr (GDir) dir = NULL;
  const char *file;

  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  if (server_id != NULL)
    abandon_open (self, server_id);
  bijou_media_cache_flush (self);
  dir = g_dir_open (self->directory, 0, NULL);
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, file, NULL);
      g_autofree char *name = dup_name (file);
      g_autoptr (BijouCacheClaims) claims = NULL;

      if (name == NULL)
        continue;
      claims = bijou_cache_claims_load (path);
      if (server_id == NULL ? claims == NULL || !claims->pinned
                            : claims != NULL && g_strcmp0 (claims->server_id, server_id) == 0)
        bijou_cache_remove (self->directory, name);
    }
  /* With no budget, what was never claimed goes too. */
  if (server_id == NULL)
    bijou_cache_evict (self->directory, 0, FALSE);
  bijou_cache_tidy (self->directory);
}

static void
do_nothing_in_worker (gpointer data)
{
}

/**
 * bijou_media_cache_flush:
 * @self: a cache
 *
 * Waits until what was asked to be saved is. Any thread, blocking.
 */
void
bijou_media_cache_flush (BijouMediaCache *self)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (self));

  /* Twice: an entry that ends there still has something saved. */
  for (int i = 0; i < 2; i++)
    bijou_worker_run_sync (self->saver, do_nothing_in_worker, NULL);
}
