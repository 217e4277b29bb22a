#include "config.h"

#include "bijou-file-source.h"

#include "bijou-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct _BijouFileSource
{
  GObject parent_instance;

  int fd;
  gint64 size;
};

static void bijou_file_source_iface_init (BijouByteSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouFileSource,
                               bijou_file_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BYTE_SOURCE,
                                                      bijou_file_source_iface_init))

static gint64
bijou_file_source_get_size (BijouByteSource *source)
{
  return BIJOU_FILE_SOURCE (source)->size;
}

static gssize
bijou_file_source_read_at (BijouByteSource *source,
                           gint64 offset,
                           guint8 *buffer,
                           gsize length,
                           GCancellable *cancellable,
                           GError **error)
{
  BijouFileSource *self = BIJOU_FILE_SOURCE (source);
  gssize n;

  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "cancelled");
      return -1;
    }

  do
    n = pread (self->fd, buffer, length, offset);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "reading: %s", g_strerror (errno));
  return n;
}

static void
bijou_file_source_finalize (GObject *object)
{
  BijouFileSource *self = BIJOU_FILE_SOURCE (object);

  if (self->fd >= 0)
    close (self->fd);

  G_OBJECT_CLASS (bijou_file_source_parent_class)->finalize (object);
}

static void
bijou_file_source_iface_init (BijouByteSourceInterface *iface)
{
  iface->get_size = bijou_file_source_get_size;
  iface->read_at = bijou_file_source_read_at;
}

static void
bijou_file_source_class_init (BijouFileSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_file_source_finalize;
}

static void
bijou_file_source_init (BijouFileSource *self)
{
  self->fd = -1;
}

/**
 * bijou_file_source_new:
 * @path: a file
 * @error: return location, BIJOU_ERROR_STORAGE
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the source
 */
BijouByteSource *
bijou_file_source_new (const char *path, GError **error)
{
  g_autoptr (BijouFileSource) self = g_object_new (BIJOU_TYPE_FILE_SOURCE, NULL);
  struct stat st;

  g_return_val_if_fail (path != NULL, NULL);

  self->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (self->fd < 0 || fstat (self->fd, &st) != 0)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "opening: %s", g_strerror (errno));
      return NULL;
    }
  self->size = st.st_size;
  return BIJOU_BYTE_SOURCE (g_steal_pointer (&self));
}
