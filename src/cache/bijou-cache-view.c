#include "config.h"

#include "bijou-cache-view.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The owner replaces its sidecar every few seconds: one of so many looks finds it at rest. */
#define TRIES 4

struct _BijouCacheView
{
  int fd;
  char *data_path;    /* (owned) */
  char *sidecar_path; /* (owned) */

  struct
  {
    GMutex lock;
    BijouCacheClaims *claims; /* (owned) as the sidecar said when it was `seen` */
    struct stat seen;
  } shared;
};

static gboolean
is_same (const struct stat *one, const struct stat *other)
{
  return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Each save is a file of its own. */
static gboolean
is_unchanged (BijouCacheView *self)
{
  struct stat now;

  return g_stat (self->sidecar_path, &now) == 0 && is_same (&now, &self->shared.seen) &&
         now.st_mtim.tv_sec == self->shared.seen.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == self->shared.seen.st_mtim.tv_nsec;
}

static gboolean
is_in_place (BijouCacheView *self)
{
  struct stat own, there;

  return fstat (self->fd, &own) == 0 && g_stat (self->data_path, &there) == 0 &&
         is_same (&own, &there);
}

static gboolean
is_of_same_film (const BijouCacheClaims *before, const BijouCacheClaims *now)
{
  return before->size == now->size && g_strcmp0 (before->etag, now->etag) == 0 &&
         g_strcmp0 (before->modified, now->modified) == 0;
}

static gboolean
look_again (BijouCacheView *self)
{
  g_autoptr (BijouCacheClaims) claims = NULL;
  struct stat seen;

  if (g_stat (self->sidecar_path, &seen) != 0 || !is_in_place (self))
    return FALSE;
  claims = bijou_cache_claims_load (self->sidecar_path);
  if (claims == NULL ||
      (self->shared.claims != NULL && !is_of_same_film (self->shared.claims, claims)))
    return FALSE;
  g_clear_pointer (&self->shared.claims, bijou_cache_claims_free);
  self->shared.claims = g_steal_pointer (&claims);
  self->shared.seen = seen;
  return TRUE;
}

/**
 * bijou_cache_view_new:
 * @directory: the cache's folder
 * @name: the entry's name
 * @claims: (out) (transfer full): what is there
 *
 * Returns: (transfer full) (nullable): a view
 */
BijouCacheView *
bijou_cache_view_new (const char *directory, const char *name, BijouCacheClaims **claims)
{
  g_autoptr (BijouCacheView) self = g_new0 (BijouCacheView, 1);

  g_mutex_init (&self->shared.lock);
  self->data_path = g_strconcat (directory, "/", name, BIJOU_CACHE_DATA_SUFFIX, NULL);
  self->sidecar_path = g_strconcat (directory, "/", name, BIJOU_CACHE_SIDECAR_SUFFIX, NULL);
  self->fd = g_open (self->data_path, O_RDONLY | O_CLOEXEC, 0);
  if (self->fd < 0 || !look_again (self) || !is_unchanged (self))
    return NULL;
  *claims = bijou_cache_claims_copy (self->shared.claims);
  return g_steal_pointer (&self);
}

/**
 * bijou_cache_view_free:
 * @self: (transfer full): a view
 */
void
bijou_cache_view_free (BijouCacheView *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->shared.claims, bijou_cache_claims_free);
  g_mutex_clear (&self->shared.lock);
  g_free (self->data_path);
  g_free (self->sidecar_path);
  g_free (self);
}

/**
 * bijou_cache_view_read:
 * @self: a view
 * @offset: where
 * @buffer: to fill
 * @length: its length
 *
 * The owner gives bytes up only after its sidecar has ceased to claim them: bytes are right when
 * the sidecar, unchanged since before they were read, claims them.
 *
 * Returns: bytes read, 0 when they are not there (any more)
 */
gssize
bijou_cache_view_read (BijouCacheView *self, gint64 offset, gpointer buffer, gsize length)
{
  gssize right = 0;

  g_mutex_lock (&self->shared.lock);
  for (int i = 0; i < TRIES && right == 0; i++)
    {
      gint64 end = bijou_range_map_get_present_end (self->shared.claims->extents, offset);
      gssize got = 0;

      if (end > offset)
        got = pread (self->fd, buffer, MIN (length, (gsize) (end - offset)), offset);
      if (is_unchanged (self))
        {
          right = is_in_place (self) ? MAX (got, 0) : 0;
          break;
        }
      if (!look_again (self))
        break;
    }
  g_mutex_unlock (&self->shared.lock);
  return right;
}
