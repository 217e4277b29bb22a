#define _GNU_SOURCE /* fallocate */

#include "config.h"

#include "bijou-cache-file.h"

#include "bijou-json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT 2
#define CHECKSUM_LENGTH 64

struct _BijouCacheFile
{
  gatomicrefcount references;
  int fd;
  char *data_path;    /* (owned) */
  char *sidecar_path; /* (owned) */
  gint epoch;         /* atomic: claims of an older one are void */

  struct
  {
    GMutex lock;        /* held while the sidecar is written */
    gboolean abandoned; /* it is in no folder any more */
  } shared;
};

/**
 * bijou_cache_claims_new:
 *
 * Returns: (transfer full): claims of nothing
 */
BijouCacheClaims *
bijou_cache_claims_new (void)
{
  BijouCacheClaims *self = g_new0 (BijouCacheClaims, 1);

  self->size = -1;
  self->extents = bijou_range_map_new ();
  return self;
}

/**
 * bijou_cache_claims_copy:
 * @self: claims
 *
 * Returns: (transfer full): a copy
 */
BijouCacheClaims *
bijou_cache_claims_copy (const BijouCacheClaims *self)
{
  BijouCacheClaims *copy = g_memdup2 (self, sizeof *self);

  copy->server_id = g_strdup (self->server_id);
  copy->item_id = g_strdup (self->item_id);
  copy->part_id = g_strdup (self->part_id);
  copy->etag = g_strdup (self->etag);
  copy->modified = g_strdup (self->modified);
  copy->extents = bijou_range_map_copy (self->extents);
  return copy;
}

/**
 * bijou_cache_claims_free:
 * @self: (transfer full): claims
 */
void
bijou_cache_claims_free (BijouCacheClaims *self)
{
  g_free (self->server_id);
  g_free (self->item_id);
  g_free (self->part_id);
  g_free (self->etag);
  g_free (self->modified);
  bijou_range_map_free (self->extents);
  g_free (self);
}

static BijouCacheClaims *
read_claims (JsonObject *object)
{
  g_autoptr (BijouCacheClaims) self = g_new0 (BijouCacheClaims, 1);

  self->server_id = bijou_json_dup_string (object, "server");
  self->item_id = bijou_json_dup_string (object, "item");
  self->part_id = bijou_json_dup_string (object, "part");
  self->etag = bijou_json_dup_string (object, "etag");
  self->modified = bijou_json_dup_string (object, "modified");
  self->size = bijou_json_get_int (object, "size", -1);
  self->last_used = bijou_json_get_int (object, "last_used", 0);
  self->pinned = bijou_json_get_boolean (object, "pinned", FALSE);
  self->extents = bijou_range_map_new_from_json (json_object_get_member (object, "extents"));
  if (self->extents == NULL)
    self->extents = bijou_range_map_new ();
  if (self->size >= 0)
    bijou_range_map_remove (self->extents, self->size, G_MAXINT64);
  return g_steal_pointer (&self);
}

/* A digit that is another one would claim what is not there. The last line is the checksum of all
 * before it. */
static gboolean
has_checksum (const char *text, gsize length)
{
  g_autofree char *sum = NULL;
  gsize end = length - CHECKSUM_LENGTH - 1;

  if (length <= CHECKSUM_LENGTH || text[end] != '\n')
    return FALSE;
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, end);
  return memcmp (sum, text + end + 1, CHECKSUM_LENGTH) == 0;
}

/**
 * bijou_cache_claims_load:
 * @path: a sidecar
 *
 * Returns: (transfer full) (nullable): its claims, or %NULL when it is not there, no sidecar, or
 *   damaged
 */
BijouCacheClaims *
bijou_cache_claims_load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) object = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL) || !has_checksum (text, length))
    return NULL;
  object = bijou_json_parse_object (text, (gssize) length - CHECKSUM_LENGTH - 1, NULL);
  if (object == NULL || bijou_json_get_int (object, "format", 0) != FORMAT)
    return NULL;
  return read_claims (object);
}

static char *
write_claims (const BijouCacheClaims *self)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *text = NULL;
  g_autofree char *sum = NULL;

  json_object_set_int_member (object, "format", FORMAT);
  json_object_set_string_member (object, "server", self->server_id);
  json_object_set_string_member (object, "item", self->item_id);
  json_object_set_string_member (object, "part", self->part_id);
  if (self->etag != NULL)
    json_object_set_string_member (object, "etag", self->etag);
  if (self->modified != NULL)
    json_object_set_string_member (object, "modified", self->modified);
  json_object_set_int_member (object, "size", self->size);
  json_object_set_int_member (object, "last_used", self->last_used);
  json_object_set_boolean_member (object, "pinned", self->pinned);
  json_object_set_member (object, "extents", bijou_range_map_to_json (self->extents));
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return g_strconcat (text, "\n", sum, NULL);
}

static void
set_error_from_errno (GError **error, const char *what, int number)
{
  gboolean full = number == ENOSPC || number == EDQUOT || number == EFBIG;

  g_set_error (error, BIJOU_ERROR, full ? BIJOU_ERROR_NO_SPACE : BIJOU_ERROR_STORAGE, "%s: %s",
               what, g_strerror (number));
}

/* Somebody may have removed the file between its opening and its locking. */
static gboolean
lock_file (int fd, GError **error)
{
  struct stat status;

  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "The entry is open elsewhere");
      return FALSE;
    }
  if (fstat (fd, &status) == 0 && status.st_nlink > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "The entry was just removed");
  return FALSE;
}

/**
 * bijou_cache_file_has_claims:
 * @directory: the cache's folder
 * @name: the entry's name
 *
 * Whether something of it may be there. Blocking on the disk.
 */
gboolean
bijou_cache_file_has_claims (const char *directory, const char *name)
{
  g_autofree char *sidecar = g_strconcat (directory, "/", name, BIJOU_CACHE_SIDECAR_SUFFIX, NULL);

  return g_access (sidecar, F_OK) == 0;
}

/**
 * bijou_cache_file_open:
 * @directory: the cache's folder, made when it is not there
 * @name: the entry's name
 * @error: return location; %G_IO_ERROR_BUSY when somebody has it open
 *
 * Returns: (transfer full) (nullable): the file, locked
 */
BijouCacheFile *
bijou_cache_file_open (const char *directory, const char *name, GError **error)
{
  g_autofree char *data = g_strconcat (directory, "/", name, BIJOU_CACHE_DATA_SUFFIX, NULL);
  BijouCacheFile *self;
  int fd;

  if (g_mkdir_with_parents (directory, 0700) != 0 ||
      (fd = open (data, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
    {
      set_error_from_errno (error, "Opening a cache file", errno);
      return NULL;
    }
  if (!lock_file (fd, error))
    {
      close (fd);
      return NULL;
    }

  self = g_new0 (BijouCacheFile, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->shared.lock);
  self->fd = fd;
  self->data_path = g_steal_pointer (&data);
  self->sidecar_path = g_strconcat (directory, "/", name, BIJOU_CACHE_SIDECAR_SUFFIX, NULL);
  return self;
}

/**
 * bijou_cache_file_ref:
 * @self: a file
 *
 * Returns: (transfer full): @self
 */
BijouCacheFile *
bijou_cache_file_ref (BijouCacheFile *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_cache_file_unref:
 * @self: (transfer full): a file; the last one unlocks it
 */
void
bijou_cache_file_unref (BijouCacheFile *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  close (self->fd);
  g_mutex_clear (&self->shared.lock);
  g_free (self->data_path);
  g_free (self->sidecar_path);
  g_free (self);
}

/**
 * bijou_cache_file_get_length:
 * @self: a file
 *
 * Returns: the length of the data file; what was written behind it somebody else has cut off
 */
gint64
bijou_cache_file_get_length (BijouCacheFile *self)
{
  struct stat status;

  return fstat (self->fd, &status) == 0 ? (gint64) status.st_size : 0;
}

/**
 * bijou_cache_file_load:
 * @self: a file
 *
 * Reads the sidecar. What it claims beyond the end of the data file is not believed.
 *
 * Returns: (transfer full) (nullable): the claims
 */
BijouCacheClaims *
bijou_cache_file_load (BijouCacheFile *self)
{
  BijouCacheClaims *claims = bijou_cache_claims_load (self->sidecar_path);

  if (claims != NULL)
    bijou_range_map_remove (claims->extents, bijou_cache_file_get_length (self), G_MAXINT64);
  return claims;
}

/**
 * bijou_cache_file_read:
 * @self: a file
 * @offset: where
 * @buffer: to fill
 * @length: its length
 *
 * Returns: bytes read, 0 at the end of the file, -1 on error
 */
gssize
bijou_cache_file_read (BijouCacheFile *self, gint64 offset, gpointer buffer, gsize length)
{
  gssize got;

  do
    got = pread (self->fd, buffer, length, offset);
  while (got < 0 && errno == EINTR);
  return got;
}

/**
 * bijou_cache_file_write:
 * @self: a file
 * @offset: where
 * @data: what
 * @length: how much
 * @error: return location: %BIJOU_ERROR_NO_SPACE, %BIJOU_ERROR_STORAGE
 *
 * Returns: whether all of it was written
 */
gboolean
bijou_cache_file_write (
    BijouCacheFile *self, gint64 offset, gconstpointer data, gsize length, GError **error)
{
  const char *bytes = data;

  while (length > 0)
    {
      gssize put = pwrite (self->fd, bytes, length, offset);

      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        {
          set_error_from_errno (error, "Writing a cache file", put < 0 ? errno : ENOSPC);
          return FALSE;
        }
      bytes += put;
      offset += put;
      length -= (gsize) put;
    }
  return TRUE;
}

/**
 * bijou_cache_file_get_epoch:
 * @self: a file
 *
 * Any thread; never blocks.
 *
 * Returns: what bijou_cache_file_save() must be given with claims made now
 */
guint
bijou_cache_file_get_epoch (BijouCacheFile *self)
{
  return (guint) g_atomic_int_get (&self->epoch);
}

/* Whether it still has its name: the folder may have been deleted, and another process may have
 * put a file of its own there. */
static gboolean
is_in_place (BijouCacheFile *self)
{
  struct stat own, there;

  return fstat (self->fd, &own) == 0 && g_stat (self->data_path, &there) == 0 &&
         own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

static gboolean
replace_sidecar (BijouCacheFile *self, const BijouCacheClaims *claims, GError **error)
{
  g_autofree char *text = write_claims (claims);

  return g_file_set_contents_full (self->sidecar_path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/**
 * bijou_cache_file_save:
 * @self: a file
 * @claims: what is in it, as it was before this call
 * @epoch: when @claims were made
 * @error: return location
 *
 * Brings the data to the disk, then replaces the sidecar. Claims that were made before a reset are
 * dropped, and those of a file that somebody deleted. Blocking, maybe for long.
 *
 * Returns: %FALSE on error
 */
gboolean
bijou_cache_file_save (BijouCacheFile *self,
                       const BijouCacheClaims *claims,
                       guint epoch,
                       GError **error)
{
  gboolean saved = TRUE;

  if (fdatasync (self->fd) != 0)
    {
      set_error_from_errno (error, "Syncing a cache file", errno);
      return FALSE;
    }

  g_mutex_lock (&self->shared.lock);
  if (!self->shared.abandoned && !is_in_place (self))
    {
      g_message ("A cache file was deleted under way: nothing of it will be kept");
      self->shared.abandoned = TRUE;
    }
  if (epoch == bijou_cache_file_get_epoch (self) && !self->shared.abandoned)
    saved = replace_sidecar (self, claims, error);
  g_mutex_unlock (&self->shared.lock);
  return saved;
}

/**
 * bijou_cache_file_abandon:
 * @self: a file
 *
 * Takes it out of its folder, claims first, and saves no more of them: it lives as long as somebody
 * has it open.
 */
void
bijou_cache_file_abandon (BijouCacheFile *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.abandoned = TRUE;
  if (is_in_place (self))
    {
      g_unlink (self->sidecar_path);
      g_unlink (self->data_path);
    }
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_file_void_saves:
 * @self: a file
 *
 * Claims that were made before this call are not saved any more: they would claim what is about to
 * be given up. Some may be on their way to the disk; who gives up bytes saves what is left of them
 * before it does. Any thread; never blocks, however slow the disk is.
 */
void
bijou_cache_file_void_saves (BijouCacheFile *self)
{
  g_atomic_int_inc (&self->epoch);
}

/* The claims must not come back after a crash, with other bytes under them. */
static void
sync_folder (BijouCacheFile *self)
{
  g_autofree char *folder = g_path_get_dirname (self->sidecar_path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || fsync (fd) != 0)
    g_debug ("Syncing the cache's folder: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

/**
 * bijou_cache_file_reset:
 * @self: a file
 *
 * Throws all bytes and claims away.
 */
void
bijou_cache_file_reset (BijouCacheFile *self)
{
  g_mutex_lock (&self->shared.lock);
  bijou_cache_file_void_saves (self);
  if (!self->shared.abandoned && g_unlink (self->sidecar_path) == 0)
    sync_folder (self);
  if (ftruncate (self->fd, 0) != 0)
    g_warning ("Truncating a cache file: %s", g_strerror (errno));
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_file_punch:
 * @self: a file
 * @from: the first byte
 * @to: the byte after the last
 *
 * Gives disk blocks back, which must not be claimed any more. A file system that cannot keeps them.
 */
void
bijou_cache_file_punch (BijouCacheFile *self, gint64 from, gint64 to)
{
  if (fallocate (self->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from) != 0)
    g_debug ("Punching a hole: %s", g_strerror (errno));
}
