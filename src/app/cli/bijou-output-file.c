#include "config.h"

#include "bijou-output-file.h"

#include "bijou-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct _BijouOutputFile
{
  int fd;
  char *path;      /* (owned) where it will be */
  char *temporary; /* (owned) (nullable) where it is; NULL: a pipe, a device */
};

static void
set_error (GError **error, const char *path, int number)
{
  gboolean full = number == ENOSPC || number == EDQUOT || number == EFBIG;

  g_set_error (error, BIJOU_ERROR, full ? BIJOU_ERROR_NO_SPACE : BIJOU_ERROR_FAILED,
               /* Translators: %s is a file, then why */
               _ ("%s cannot be written: %s"), path, g_strerror (number));
}

/* A link stays one. */
static char *
follow (const char *path)
{
  char *real = realpath (path, NULL);
  char *followed = g_strdup (real != NULL ? real : path);

  free (real);
  return followed;
}

static gboolean
is_special (const char *path)
{
  struct stat status;

  return g_stat (path, &status) == 0 && !S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode);
}

static gboolean
open_temporary (BijouOutputFile *self, GError **error)
{
  mode_t mask = umask (0);

  umask (mask);
  self->temporary = g_strconcat (self->path, ".XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, 0666 & ~mask);
  if (self->fd >= 0)
    return TRUE;
  set_error (error, self->path, errno);
  g_clear_pointer (&self->temporary, g_free);
  return FALSE;
}

/**
 * bijou_output_file_new:
 * @path: where it is to be
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a file with nothing in it
 */
BijouOutputFile *
bijou_output_file_new (const char *path, GError **error)
{
  g_autoptr (BijouOutputFile) self = g_new0 (BijouOutputFile, 1);

  self->fd = -1;
  self->path = follow (path);
  if (g_file_test (self->path, G_FILE_TEST_IS_DIR))
    {
      set_error (error, path, EISDIR);
      return NULL;
    }
  if (!is_special (self->path))
    return open_temporary (self, error) ? g_steal_pointer (&self) : NULL;

  self->fd = g_open (self->path, O_WRONLY | O_CLOEXEC, 0);
  if (self->fd < 0)
    set_error (error, path, errno);
  return self->fd >= 0 ? g_steal_pointer (&self) : NULL;
}

/**
 * bijou_output_file_free:
 * @self: (transfer full): a file
 */
void
bijou_output_file_free (BijouOutputFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

/**
 * bijou_output_file_write:
 * @self: a file
 * @bytes: what comes next
 * @length: how much
 * @error: return location; %BIJOU_ERROR_NO_SPACE
 *
 * Returns: whether all of it was written
 */
gboolean
bijou_output_file_write (BijouOutputFile *self, const char *bytes, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize put = write (self->fd, bytes, length);

      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        {
          set_error (error, self->path, put < 0 ? errno : ENOSPC);
          return FALSE;
        }
      bytes += put;
      length -= (gsize) put;
    }
  return TRUE;
}

/**
 * bijou_output_file_commit:
 * @self: a file that is whole
 * @error: return location
 *
 * Brings it to the disk and to its place.
 *
 * Returns: %FALSE on error
 */
gboolean
bijou_output_file_commit (BijouOutputFile *self, GError **error)
{
  if (self->temporary == NULL)
    return TRUE;
  if (fsync (self->fd) != 0 || g_rename (self->temporary, self->path) != 0)
    {
      set_error (error, self->path, errno);
      return FALSE;
    }
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}
