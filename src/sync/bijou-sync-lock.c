#define _GNU_SOURCE /* F_OFD_SETLK */
#include "config.h"

#include "bijou-sync-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Nobody is told when another process lets go. */
#define LOOK_MS 50
/* A run that takes longer is stuck. */
#define PATIENCE_US (30 * 60 * (gint64) G_USEC_PER_SEC)

struct _BijouSyncLock
{
  int fd;
};

/* One file for all servers; each has a byte of it. Of two that share one, one waits in vain. */
static gboolean
try_lock (int fd, const char *server_id)
{
  struct flock range = {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = g_str_hash (server_id), .l_len = 1
  };

  return fcntl (fd, F_OFD_SETLK, &range) == 0;
}

static void
look_away (GCancellable *cancellable)
{
  GPollFD fd;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, LOOK_MS);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep (LOOK_MS * 1000);
}

static gboolean
wait_for_lock (int fd, const char *server_id, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (!try_lock (fd, server_id))
    {
      if (errno != EAGAIN && errno != EACCES && errno != EINTR)
        {
          g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "The sync cannot be locked: %s",
                       g_strerror (errno));
          return FALSE;
        }
      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");
          return FALSE;
        }
      if (g_get_monotonic_time () > deadline)
        {
          g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT,
                               "Another sync of this server does not end");
          return FALSE;
        }
      look_away (cancellable);
    }
  return TRUE;
}

/**
 * bijou_sync_lock_take:
 * @store: where the run writes
 * @server_id: a server
 * @cancellable: (nullable): ends the wait
 * @error: return location
 *
 * Waits until no other run, of this process or another, is at this server. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): the lock; %NULL with %BIJOU_ERROR_STORAGE,
 * %BIJOU_ERROR_TIMEOUT or %BIJOU_ERROR_CANCELLED
 */
BijouSyncLock *
bijou_sync_lock_take (BijouStore *store,
                      const char *server_id,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autofree char *path = g_strconcat (bijou_store_get_path (store), ".sync", NULL);
  g_autoptr (BijouSyncLock) self = g_new0 (BijouSyncLock, 1);

  self->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "%s cannot be opened: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  if (!wait_for_lock (self->fd, server_id, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bijou_sync_lock_release:
 * @self: (transfer full): a lock
 */
void
bijou_sync_lock_release (BijouSyncLock *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
