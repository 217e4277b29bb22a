#include "config.h"

#include "bijou-image-cache.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <utime.h>

/* Servers scale pictures with few cores; more at once only makes each later. */
#define FETCH_THREADS 6

/* What is on disk does not wait behind what has to come from a server, or from a dead one. */
#define DISK_THREADS 2

/* A picture that the server does not have is not asked for again for a while. */
#define MISSING_SECONDS 600

/* Eviction goes below the budget, so that it does not run for each picture. */
#define EVICT_TO_PERCENT 90

/* One picture that is wished for. */
typedef struct
{
  char *key;       /* (owned) the file's name */
  char *server_id; /* (owned) */
  char *image;     /* (owned) */
  guint width;
  guint64 serial;     /* the newest goes first */
  GPtrArray *waiters; /* (owned) of GTask; guarded by the cache's lock */
} Job;

struct _BijouImageCache
{
  GObject parent_instance;

  char *folder; /* (owned) */
  BijouImageFetch fetch;
  gpointer fetch_data;     /* (unowned) */
  GThreadPool *disk_pool;  /* (owned) (nullable) NULL once stopped */
  GThreadPool *fetch_pool; /* (owned) (nullable) NULL once stopped */

  struct
  {
    GMutex lock;
    GHashTable *jobs;    /* (owned) key to Job that runs or waits, unowned */
    GHashTable *missing; /* (owned) key to the monotonic second until which it is not asked for */
    guint64 budget;      /* bytes on disk */
    guint64 size;        /* bytes on disk; valid once measured */
    gboolean measured;
    gboolean evicting;
    gboolean stopped;
    guint64 next_serial;
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouImageCache, bijou_image_cache, G_TYPE_OBJECT)

typedef struct
{
  char *path;
  gint64 used_at;
  guint64 size;
} File;

static void
file_free (File *file)
{
  g_free (file->path);
  g_free (file);
}

static void
job_free (Job *job)
{
  g_free (job->key);
  g_free (job->server_id);
  g_free (job->image);
  g_ptr_array_unref (job->waiters);
  g_free (job);
}

static int
compare_jobs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Job *left = a;
  const Job *right = b;

  return left->serial > right->serial ? -1 : left->serial < right->serial ? 1 : 0;
}

static char *
make_key (const char *server_id, const char *image, guint width)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s", server_id, image);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("%s-%u", hash, width);
}

static char *
get_server_folder (BijouImageCache *self, const char *server_id)
{
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_MD5, server_id, -1);

  return g_build_filename (self->folder, name, NULL);
}

static char *
get_path (BijouImageCache *self, Job *job)
{
  g_autofree char *folder = get_server_folder (self, job->server_id);
  char shard[3] = { job->key[0], job->key[1], '\0' };

  return g_build_filename (folder, shard, job->key, NULL);
}

/* --- eviction --- */

static void
collect_files (const char *folder, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat info;

      if (lstat (path, &info) != 0)
        continue;
      if (S_ISDIR (info.st_mode))
        collect_files (path, files);
      else
        {
          File *file = g_new0 (File, 1);

          file->used_at = info.st_mtime;
          file->size = (guint64) info.st_blocks * 512;
          file->path = g_steal_pointer (&path);
          g_ptr_array_add (files, file);
        }
    }
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const File *left = *(File *const *) a;
  const File *right = *(File *const *) b;

  return left->used_at < right->used_at ? -1 : left->used_at > right->used_at ? 1 : 0;
}

/* Deletes the least recently used files until @limit holds; returns the size that is left. */
static guint64
evict (const char *folder, guint64 limit)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  guint64 size = 0;

  collect_files (folder, files);
  for (guint i = 0; i < files->len; i++)
    size += ((File *) g_ptr_array_index (files, i))->size;
  g_ptr_array_sort (files, compare_files);
  for (guint i = 0; i < files->len && size > limit; i++)
    {
      File *file = g_ptr_array_index (files, i);

      if (g_unlink (file->path) == 0)
        size -= file->size;
    }
  return size;
}

static gboolean
begin_eviction (BijouImageCache *self, guint64 added)
{
  gboolean begin;

  g_mutex_lock (&self->shared.lock);
  self->shared.size += added;
  begin =
      !self->shared.evicting && (!self->shared.measured || self->shared.size > self->shared.budget);
  self->shared.evicting |= begin;
  g_mutex_unlock (&self->shared.lock);
  return begin;
}

static void
keep_budget (BijouImageCache *self, guint64 added)
{
  guint64 size;

  if (!begin_eviction (self, added))
    return;
  size = evict (self->folder, self->shared.budget / 100 * EVICT_TO_PERCENT);
  g_mutex_lock (&self->shared.lock);
  self->shared.size = size;
  self->shared.measured = TRUE;
  self->shared.evicting = FALSE;
  g_mutex_unlock (&self->shared.lock);
}

/* --- a job --- */

static GBytes *
read_file (const char *path)
{
  char *data = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &data, &length, NULL))
    return NULL;
  if (length == 0)
    {
      g_free (data);
      return NULL;
    }
  utime (path, NULL); /* the modification time is the time of last use */
  return g_bytes_new_take (data, length);
}

/* Finds the same picture in the largest other width; a server that is away does not blank a page.
 */
static GBytes *
read_other_width (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *best_path = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gsize hash_length = (gsize) (strchr (name, '-') + 1 - name);
  guint64 best_width = 0;
  const char *each;

  while (dir != NULL && (each = g_dir_read_name (dir)) != NULL)
    {
      guint64 width;

      if (strncmp (each, name, hash_length) != 0)
        continue;
      width = g_ascii_strtoull (each + hash_length, NULL, 10);
      if (width <= best_width)
        continue;
      best_width = width;
      g_free (best_path);
      best_path = g_build_filename (folder, each, NULL);
    }
  return best_path != NULL ? read_file (best_path) : NULL;
}

static void
write_file (BijouImageCache *self, const char *path, GBytes *bytes)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  if (g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    keep_budget (self, (g_bytes_get_size (bytes) + 4095) / 4096 * 4096);
  else
    g_debug ("A picture is not kept: %s", error->message);
}

static gboolean
is_missing (BijouImageCache *self, const char *key)
{
  gint64 now = g_get_monotonic_time () / G_USEC_PER_SEC;
  gint64 *until;
  gboolean missing;

  g_mutex_lock (&self->shared.lock);
  until = g_hash_table_lookup (self->shared.missing, key);
  missing = until != NULL && now < *until;
  g_mutex_unlock (&self->shared.lock);
  return missing;
}

static void
remember_missing (BijouImageCache *self, const char *key)
{
  gint64 until = g_get_monotonic_time () / G_USEC_PER_SEC + MISSING_SECONDS;

  g_mutex_lock (&self->shared.lock);
  g_hash_table_replace (self->shared.missing, g_strdup (key), g_memdup2 (&until, sizeof until));
  g_mutex_unlock (&self->shared.lock);
}

static GBytes *
fetch_in_worker (BijouImageCache *self, Job *job, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  GBytes *bytes;

  if (is_missing (self, job->key))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The server has no such picture");
      return NULL;
    }
  bytes = self->fetch (job->server_id, job->image, job->width, self->fetch_data, NULL, &local);
  if (bytes != NULL)
    write_file (self, path, bytes);
  else if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    remember_missing (self, job->key);
  else
    bytes = read_other_width (path);
  if (bytes == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return bytes;
}

/* Whoever scrolled on has cancelled; with nobody left the job is not begun. */
static gboolean
is_still_wished (BijouImageCache *self, Job *job)
{
  gboolean wished = FALSE;

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < job->waiters->len && !wished; i++)
    wished =
        !g_cancellable_is_cancelled (g_task_get_cancellable (g_ptr_array_index (job->waiters, i)));
  if (self->shared.stopped)
    wished = FALSE;
  if (!wished) /* a new wish for it begins a new job */
    g_hash_table_remove (self->shared.jobs, job->key);
  g_mutex_unlock (&self->shared.lock);
  return wished;
}

static void
return_to_waiters (BijouImageCache *self, Job *job, GBytes *bytes, const GError *error)
{
  g_mutex_lock (&self->shared.lock);
  if (g_hash_table_lookup (self->shared.jobs, job->key) == job)
    g_hash_table_remove (self->shared.jobs, job->key);
  g_mutex_unlock (&self->shared.lock);

  for (guint i = 0; i < job->waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (job->waiters, i);

      if (bytes != NULL)
        g_task_return_pointer (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}

static void
finish_job (BijouImageCache *self, Job *job, GBytes *bytes, const GError *error)
{
  return_to_waiters (self, job, bytes, error);
  job_free (job);
}

static void
fetch_job_in_worker (gpointer data, gpointer user_data)
{
  BijouImageCache *self = user_data;
  Job *job = data;
  g_autofree char *path = get_path (self, job);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (is_still_wished (self, job))
    bytes = fetch_in_worker (self, job, path, &error);
  else
    g_set_error (&error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Nobody waits for the picture");
  finish_job (self, job, bytes, error);
}

static void
read_job_in_worker (gpointer data, gpointer user_data)
{
  BijouImageCache *self = user_data;
  Job *job = data;
  g_autofree char *path = get_path (self, job);
  g_autoptr (GBytes) bytes = read_file (path);

  if (bytes != NULL)
    finish_job (self, job, bytes, NULL);
  else
    g_thread_pool_push (self->fetch_pool, job, NULL);
}

/* --- GObject --- */

static void
bijou_image_cache_finalize (GObject *object)
{
  BijouImageCache *self = BIJOU_IMAGE_CACHE (object);

  bijou_image_cache_stop (self);
  g_free (self->folder);
  g_hash_table_unref (self->shared.jobs);
  g_hash_table_unref (self->shared.missing);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_image_cache_parent_class)->finalize (object);
}

static void
bijou_image_cache_class_init (BijouImageCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_image_cache_finalize;
}

static void
bijou_image_cache_init (BijouImageCache *self)
{
  g_mutex_init (&self->shared.lock);
  self->shared.jobs = g_hash_table_new (g_str_hash, g_str_equal);
  self->shared.missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * bijou_image_cache_new:
 * @folder: where the pictures are kept; made when needed
 * @budget: bytes on disk
 * @fetch: fetches what is not there
 * @user_data: (unowned): for @fetch; outlives the cache
 *
 * Returns: (transfer full): a cache
 */
BijouImageCache *
bijou_image_cache_new (const char *folder,
                       guint64 budget,
                       BijouImageFetch fetch,
                       gpointer user_data)
{
  BijouImageCache *self = g_object_new (BIJOU_TYPE_IMAGE_CACHE, NULL);

  self->folder = g_strdup (folder);
  self->fetch = fetch;
  self->fetch_data = user_data;
  self->shared.budget = budget;
  self->fetch_pool = g_thread_pool_new (fetch_job_in_worker, self, FETCH_THREADS, FALSE, NULL);
  g_thread_pool_set_sort_function (self->fetch_pool, compare_jobs, NULL);
  self->disk_pool = g_thread_pool_new (read_job_in_worker, self, DISK_THREADS, FALSE, NULL);
  g_thread_pool_set_sort_function (self->disk_pool, compare_jobs, NULL);
  return self;
}

/**
 * bijou_image_cache_get_async:
 * @self: a cache
 * @server_id: whose picture
 * @image: the picture's reference
 * @width: its width in pixels, from the ladder
 * @cancellable: (nullable): a cancellable
 * @callback: runs when the bytes are there
 * @user_data: for @callback
 *
 * The task's error is what the fetch function says. Any thread with a main context.
 */
void
bijou_image_cache_get_async (BijouImageCache *self,
                             const char *server_id,
                             const char *image,
                             guint width,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = make_key (server_id, image, width);
  Job *job;
  gboolean is_new = FALSE;

  g_task_set_source_tag (task, bijou_image_cache_get_async);
  g_mutex_lock (&self->shared.lock);
  job = g_hash_table_lookup (self->shared.jobs, key);
  if (job == NULL && !self->shared.stopped)
    {
      is_new = TRUE;
      job = g_new0 (Job, 1);
      job->key = g_steal_pointer (&key);
      job->server_id = g_strdup (server_id);
      job->image = g_strdup (image);
      job->width = width;
      job->serial = self->shared.next_serial++;
      job->waiters = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (self->shared.jobs, job->key, job);
    }
  if (job != NULL)
    g_ptr_array_add (job->waiters, task);
  if (is_new)
    g_thread_pool_push (self->disk_pool, job, NULL);
  g_mutex_unlock (&self->shared.lock);

  if (job == NULL)
    {
      g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The cache has stopped");
      g_object_unref (task);
    }
}

/**
 * bijou_image_cache_get_finish:
 * @self: a cache
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the encoded picture
 */
GBytes *
bijou_image_cache_get_finish (BijouImageCache *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bijou_image_cache_get_size:
 * @self: a cache
 *
 * Walks the folder; on a worker.
 *
 * Returns: bytes on disk
 */
guint64
bijou_image_cache_get_size (BijouImageCache *self)
{
  return evict (self->folder, G_MAXUINT64);
}

/**
 * bijou_image_cache_clear:
 * @self: a cache
 * @server_id: (nullable): only its pictures; %NULL for all
 *
 * Deletes pictures; on a worker.
 */
void
bijou_image_cache_clear (BijouImageCache *self, const char *server_id)
{
  g_autofree char *folder =
      server_id != NULL ? get_server_folder (self, server_id) : g_strdup (self->folder);
  guint64 left;

  evict (folder, 0);
  left = evict (self->folder, G_MAXUINT64);
  g_mutex_lock (&self->shared.lock);
  self->shared.size = left;
  self->shared.measured = TRUE;
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_image_cache_set_budget:
 * @self: a cache
 * @budget: bytes on disk; kept from the next picture on
 */
void
bijou_image_cache_set_budget (BijouImageCache *self, guint64 budget)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.budget = budget;
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_image_cache_stop:
 * @self: a cache
 *
 * Lets the fetches that run end; those that wait are cancelled. Not from a fetch function.
 */
void
bijou_image_cache_stop (BijouImageCache *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.stopped = TRUE;
  g_mutex_unlock (&self->shared.lock);
  if (self->disk_pool == NULL)
    return;
  g_thread_pool_free (g_steal_pointer (&self->disk_pool), FALSE, TRUE);
  g_thread_pool_free (g_steal_pointer (&self->fetch_pool), FALSE, TRUE);
}
