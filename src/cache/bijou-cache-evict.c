#include "config.h"

#include "bijou-cache-entry-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

/* What is in the folder and of no entry goes when it is this old. */
#define STRANGER_AGE_S 3600
#define MAX_STEP (64 * 1024 * 1024)
#define MIN_STEP (1024 * 1024)
/* What is written before the next look, here and in another process. */
#define HEADROOM_STEPS 2

/**
 * Found:
 * The files of one entry, whoever left them there.
 */
typedef struct
{
  char *name;        /* (owned) without a suffix */
  GPtrArray *litter; /* (owned) paths of replacements that a crash broke off */
  gint64 disk;       /* real blocks of all of them */
  gint64 changed;    /* of the sidecar, µs */
  gint64 last_used;
  gboolean has_data;
  gboolean has_sidecar;
  gboolean pinned;
  gboolean is_empty; /* nothing is claimed */
} Found;

static Found *
found_new (const char *name)
{
  Found *found = g_new0 (Found, 1);

  found->name = g_strdup (name);
  found->litter = g_ptr_array_new_with_free_func (g_free);
  return found;
}

static void
found_free (Found *found)
{
  g_free (found->name);
  g_ptr_array_unref (found->litter);
  g_free (found);
}

static char *
build_path (const char *directory, const char *name, const char *suffix)
{
  return g_strconcat (directory, "/", name, suffix, NULL);
}

static gint64
get_blocks (const struct stat *status)
{
  return (gint64) status->st_blocks * 512;
}

/* --- looking --- */

static void
count_file (GHashTable *entries, const char *path, const char *file)
{
  const char *dot = strchr (file, '.');
  g_autofree char *name = g_strndup (file, dot != NULL ? (gsize) (dot - file) : strlen (file));
  struct stat status;
  Found *found;

  if (g_lstat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return;
  found = g_hash_table_lookup (entries, name);
  if (found == NULL)
    {
      found = found_new (name);
      g_hash_table_insert (entries, found->name, found);
    }
  found->disk += get_blocks (&status);
  if (g_strcmp0 (dot, BIJOU_CACHE_DATA_SUFFIX) == 0)
    found->has_data = TRUE;
  else if (g_strcmp0 (dot, BIJOU_CACHE_SIDECAR_SUFFIX) == 0)
    {
      found->has_sidecar = TRUE;
      found->changed = status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000;
    }
  else
    g_ptr_array_add (found->litter, g_strdup (path));
}

/* (element-type char * Found): by name */
static GHashTable *
find_entries (const char *directory)
{
  GHashTable *entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) found_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, file, NULL);

      count_file (entries, path, file);
    }
  return entries;
}

static void
read_claims (Found *found, const char *directory)
{
  g_autofree char *path = build_path (directory, found->name, BIJOU_CACHE_SIDECAR_SUFFIX);
  g_autoptr (BijouCacheClaims) claims = found->has_sidecar ? bijou_cache_claims_load (path) : NULL;

  found->is_empty = claims == NULL || bijou_range_map_get_length (claims->extents) == 0;
  found->last_used = claims == NULL ? 0 : claims->last_used;
  found->pinned = claims != NULL && claims->pinned;
}

static gint64
sum_disk (GHashTable *entries, gboolean with_pinned)
{
  GHashTableIter iter;
  gpointer value;
  gint64 used = 0;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (with_pinned || !((Found *) value)->pinned)
      used += ((Found *) value)->disk;
  return used;
}

/**
 * bijou_cache_measure:
 * @directory: the cache's folder
 * @name: an entry's name
 *
 * Returns: bytes of real disk blocks of its data and its sidecar
 */
gint64
bijou_cache_measure (const char *directory, const char *name)
{
  static const char *const suffixes[] = { BIJOU_CACHE_DATA_SUFFIX, BIJOU_CACHE_SIDECAR_SUFFIX };
  gint64 disk = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = build_path (directory, name, suffixes[i]);
      struct stat status;

      if (g_stat (path, &status) == 0)
        disk += get_blocks (&status);
    }
  return disk;
}

/**
 * bijou_cache_measure_all:
 * @directory: the cache's folder
 *
 * Returns: bytes of real disk blocks of all that is in it, claimed or not
 */
gint64
bijou_cache_measure_all (const char *directory)
{
  g_autoptr (GHashTable) entries = find_entries (directory);

  return sum_disk (entries, TRUE);
}

/* --- removing --- */

/* -1: there is no such file; -2: somebody has it open, here or in another process. */
static int
lock_data (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);

  if (fd < 0 || flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd < 0 ? -1 : fd;
  close (fd);
  return -2;
}

/**
 * bijou_cache_remove:
 * @directory: the cache's folder
 * @name: an entry's name
 *
 * Removes an entry that nobody has open, here or in another process: the claims first, so that
 * nothing is ever claimed that is gone.
 *
 * Returns: whether it is gone
 */
gboolean
bijou_cache_remove (const char *directory, const char *name)
{
  g_autofree char *data = build_path (directory, name, BIJOU_CACHE_DATA_SUFFIX);
  g_autofree char *sidecar = build_path (directory, name, BIJOU_CACHE_SIDECAR_SUFFIX);
  int fd = lock_data (data);

  if (fd == -2)
    return FALSE;
  g_unlink (sidecar);
  if (fd >= 0)
    {
      g_unlink (data);
      close (fd);
    }
  return TRUE;
}

static gboolean
is_old (const char *path)
{
  struct stat status;

  return g_stat (path, &status) == 0 &&
         status.st_mtime < g_get_real_time () / G_USEC_PER_SEC - STRANGER_AGE_S;
}

/* A replacement of a sidecar is of the one who has the entry open: with nobody, a crash left it. */
static void
sweep_litter (Found *found, const char *directory)
{
  g_autofree char *data = build_path (directory, found->name, BIJOU_CACHE_DATA_SUFFIX);
  g_autofree char *sidecar = build_path (directory, found->name, BIJOU_CACHE_SIDECAR_SUFFIX);
  int fd = lock_data (data);

  for (guint i = 0; fd != -2 && i < found->litter->len; i++)
    {
      const char *path = g_ptr_array_index (found->litter, i);

      if (g_str_has_prefix (path, sidecar) || is_old (path))
        g_unlink (path);
    }
  if (fd >= 0)
    close (fd);
}

/**
 * bijou_cache_tidy:
 * @directory: the cache's folder
 *
 * Removes what crashes leave: data that nothing claims, claims of no data, entries in which nothing
 * is, replacements that were broken off. What somebody has open is left alone. Blocking.
 */
void
bijou_cache_tidy (const char *directory)
{
  g_autoptr (GHashTable) entries = find_entries (directory);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Found *found = value;

      if (found->litter->len > 0)
        sweep_litter (found, directory);
      read_claims (found, directory);
      if ((found->has_data || found->has_sidecar) &&
          (!found->has_data || (found->is_empty && !found->pinned)) &&
          bijou_cache_remove (directory, found->name))
        g_debug ("Removed a cache entry that is of no use");
    }
}

static int
compare_by_use (gconstpointer a, gconstpointer b)
{
  const Found *left = *(const Found *const *) a;
  const Found *right = *(const Found *const *) b;

  if (left->last_used != right->last_used)
    return left->last_used < right->last_used ? -1 : 1;
  return left->changed < right->changed ? -1 : left->changed > right->changed;
}

/* Returns what is used after it. */
static gint64
remove_oldest (GHashTable *entries, const char *directory, gint64 used, gint64 target)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((Found *) value)->pinned)
      g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare_by_use);

  for (guint i = 0; i < sorted->len && used > target; i++)
    {
      const Found *found = g_ptr_array_index (sorted, i);

      if ((found->has_data || found->has_sidecar) && bijou_cache_remove (directory, found->name))
        {
          g_debug ("Evicted a cache entry of %" G_GINT64_FORMAT " bytes", found->disk);
          used -= found->disk;
        }
    }
  return used;
}

/**
 * bijou_cache_evict:
 * @directory: the cache's folder
 * @budget: bytes of real disk blocks
 * @keep_closed: whether what nobody has open may stay
 *
 * Removes what was used longest ago until the budget is kept, with room for what will be written
 * before the next look. Downloads (pinned entries) are beside the budget and stay, as does what is
 * open. Blocking.
 *
 * Returns: by how many bytes the rest is too much, 0 when it is not
 */
gint64
bijou_cache_evict (const char *directory, gint64 budget, gboolean keep_closed)
{
  gint64 step = bijou_cache_get_step (budget);
  gint64 limit = MAX (budget - HEADROOM_STEPS * step, 0);
  gint64 target = keep_closed ? MAX (limit - step, 0) : 0;
  g_autoptr (GHashTable) entries = find_entries (directory);
  GHashTableIter iter;
  gpointer value;
  gint64 used = sum_disk (entries, TRUE);

  if (keep_closed && used <= limit)
    return 0;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    read_claims (value, directory);
  used = sum_disk (entries, FALSE);
  if (!keep_closed || used > limit)
    used = remove_oldest (entries, directory, used, target);
  return MAX (0, used - limit);
}

/**
 * bijou_cache_get_step:
 * @budget: bytes
 *
 * Returns: how many bytes are written before they are saved, and before the budget is looked at
 */
gint64
bijou_cache_get_step (gint64 budget)
{
  return CLAMP (budget / 16, MIN_STEP, MAX_STEP);
}

/**
 * bijou_cache_limits_count:
 * @limits: of the folder
 * @length: bytes that were written there
 *
 * Returns: whether it is time for bijou_cache_evict()
 */
gboolean
bijou_cache_limits_count (BijouCacheLimits *limits, gsize length)
{
  gint unseen = g_atomic_int_add (&limits->unseen, (gint) length) + (gint) length;

  if (unseen < bijou_cache_get_step (limits->budget))
    return FALSE;
  g_atomic_int_set (&limits->unseen, 0);
  return TRUE;
}

/* --- beside everything else --- */

typedef struct
{
  char *directory;          /* (owned) */
  BijouCacheLimits *limits; /* (owned) */
  gboolean tidy;
} Eviction;

static void
eviction_free (Eviction *eviction)
{
  g_free (eviction->directory);
  g_atomic_rc_box_release (eviction->limits);
  g_free (eviction);
}

static void
evict_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Eviction *eviction = task_data;

  if (eviction->tidy)
    bijou_cache_tidy (eviction->directory);
  bijou_cache_evict (eviction->directory, eviction->limits->budget,
                     !eviction->limits->only_watched);
  g_task_return_boolean (task, TRUE);
}

/**
 * bijou_cache_schedule_eviction:
 * @saver: the worker that does it
 * @directory: the cache's folder
 * @limits: what it may hold, as it is when its turn comes
 * @tidy: whether what crashes left goes as well
 *
 * Any thread; never blocks.
 */
void
bijou_cache_schedule_eviction (BijouWorker *saver,
                               const char *directory,
                               BijouCacheLimits *limits,
                               gboolean tidy)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Eviction *eviction = g_new0 (Eviction, 1);

  eviction->directory = g_strdup (directory);
  eviction->limits = g_atomic_rc_box_acquire (limits);
  eviction->tidy = tidy;
  g_task_set_source_tag (task, bijou_cache_schedule_eviction);
  g_task_set_task_data (task, eviction, (GDestroyNotify) eviction_free);
  bijou_worker_push (saver, task, evict_in_worker, G_PRIORITY_DEFAULT);
}
