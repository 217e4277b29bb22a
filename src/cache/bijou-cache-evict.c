#include "config.h"

#include "bijou-cache-entry-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

/* Eviction stops a little below the budget, so that it does not run at each save. */
#define MARGIN 0.95
/* What a crash left of an atomic replacement. */
#define LITTER_AGE_S 3600

typedef struct
{
  char *name; /* (owned) without a suffix */
  gint64 disk;
  gint64 last_used;
  gboolean pinned;
} Found;

static void
found_free (Found *found)
{
  g_free (found->name);
  g_free (found);
}

static int
compare_by_use (gconstpointer a, gconstpointer b)
{
  const Found *left = *(const Found *const *) a;
  const Found *right = *(const Found *const *) b;

  return left->last_used < right->last_used ? -1 : left->last_used > right->last_used;
}

static char *
build_path (const char *directory, const char *name, const char *suffix)
{
  return g_strconcat (directory, "/", name, suffix, NULL);
}

/* A data file with no sidecar was never claimed: it goes first. */
static Found *
examine (const char *directory, const char *file)
{
  g_autofree char *path = g_build_filename (directory, file, NULL);
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (BIJOU_CACHE_DATA_SUFFIX));
  g_autofree char *sidecar = build_path (directory, name, BIJOU_CACHE_SIDECAR_SUFFIX);
  g_autoptr (BijouCacheClaims) claims = NULL;
  struct stat status;
  Found *found;

  if (g_stat (path, &status) != 0)
    return NULL;

  claims = bijou_cache_claims_load (sidecar);
  found = g_new0 (Found, 1);
  found->name = g_steal_pointer (&name);
  found->disk = (gint64) status.st_blocks * 512;
  found->last_used = claims == NULL ? 0 : claims->last_used;
  found->pinned = claims != NULL && claims->pinned;
  return found;
}

static void
sweep_litter (const char *directory, const char *file)
{
  g_autofree char *path = g_build_filename (directory, file, NULL);
  struct stat status;

  if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode) &&
      status.st_mtime < g_get_real_time () / G_USEC_PER_SEC - LITTER_AGE_S)
    g_unlink (path);
}

static GPtrArray *
find_entries (const char *directory)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) found_free);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      Found *found = NULL;

      if (g_str_has_suffix (file, BIJOU_CACHE_DATA_SUFFIX))
        found = examine (directory, file);
      else if (!g_str_has_suffix (file, BIJOU_CACHE_SIDECAR_SUFFIX))
        sweep_litter (directory, file);
      if (found != NULL)
        g_ptr_array_add (entries, found);
    }
  return entries;
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
  int fd = g_open (data, O_RDWR | O_CLOEXEC, 0);
  gboolean free = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0;

  if (free || fd < 0)
    g_unlink (sidecar);
  if (free)
    g_unlink (data);
  if (fd >= 0)
    close (fd);
  return free;
}

/**
 * bijou_cache_evict:
 * @directory: the cache's folder
 * @budget: bytes of real disk blocks
 *
 * Removes what was used longest ago until the budget is kept. Pinned entries, and those that are
 * open, stay. Blocking.
 *
 * Returns: by how many bytes the rest is over the budget, 0 when it is not
 */
gint64
bijou_cache_evict (const char *directory, gint64 budget)
{
  g_autoptr (GPtrArray) entries = find_entries (directory);
  gint64 used = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const Found *found = entries->pdata[i];

      /* Downloads are beside the budget. */
      used += found->pinned ? 0 : found->disk;
    }
  if (used <= budget)
    return 0;

  g_ptr_array_sort (entries, compare_by_use);
  for (guint i = 0; i < entries->len && used > (gint64) ((double) budget * MARGIN); i++)
    {
      const Found *found = entries->pdata[i];

      if (!found->pinned && bijou_cache_remove (directory, found->name))
        {
          g_debug ("Evicted a cache entry of %" G_GINT64_FORMAT " bytes", found->disk);
          used -= found->disk;
        }
    }
  return MAX (0, used - budget);
}
