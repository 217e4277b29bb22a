#include "config.h"

#include "bijou-cache-entry-private.h"

#define SAVE_US (3 * G_TIME_SPAN_SECOND)
/* What a trim leaves behind the reader, at most. */
#define TRIM_KEEP (32 * 1024 * 1024)
#define TRIM_STEP (16 * 1024 * 1024)

/* What the saver writes; it knows nothing of the entry, which may be gone by then. */
typedef struct
{
  BijouCacheFile *file;     /* (owned) */
  BijouCacheClaims *claims; /* (owned) */
  guint epoch;
  BijouCacheLimits *limits; /* (owned) */
  gint bytes;               /* of `unsaved` of these */
} Save;

static void
save_free (Save *save)
{
  bijou_cache_file_unref (save->file);
  bijou_cache_claims_free (save->claims);
  g_atomic_int_add (&save->limits->unsaved, -save->bytes);
  g_atomic_rc_box_release (save->limits);
  g_free (save);
}

static void
save_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Save *save = task_data;
  g_autoptr (GError) error = NULL;

  if (!bijou_cache_file_save (save->file, save->claims, save->epoch, &error))
    g_message ("The cache forgets what it did not save: %s", error->message);
  /* The task itself lives until the main context runs; the file's lock must not. */
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static Save *
create_save (BijouCacheEntry *self)
{
  Save *save = g_new0 (Save, 1);

  save->file = bijou_cache_file_ref (self->file);
  save->claims = bijou_cache_claims_copy (self->shared.claims);
  save->epoch = bijou_cache_file_get_epoch (self->file);
  save->limits = g_atomic_rc_box_acquire (self->limits);
  save->bytes = (gint) MIN (self->shared.unsaved, G_MAXINT / 4);
  g_atomic_int_add (&save->limits->unsaved, save->bytes);
  return save;
}

/**
 * bijou_cache_entry_schedule_save:
 * @self: an entry
 *
 * Has the saver bring what is here to the disk. With the lock held, or with nobody else left.
 */
void
bijou_cache_entry_schedule_save (BijouCacheEntry *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->file == NULL)
    return;
  self->shared.claims->last_used = g_get_real_time () / G_USEC_PER_SEC;
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, create_save (self), (GDestroyNotify) save_free);
  self->shared.used = FALSE;
  self->shared.unsaved = 0;
  self->shared.saved_at = g_get_monotonic_time ();
  bijou_worker_push (self->saver, task, save_in_worker, G_PRIORITY_DEFAULT);
}

static void
release_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  /* Here, not with the task: that ends on the main context. */
  g_object_unref (task_data);
  g_task_return_boolean (task, TRUE);
}

/**
 * bijou_cache_entry_release:
 * @self: (transfer full): an entry
 *
 * Drops a reference on the saver's thread: the last one waits for transfers, which may be writing
 * to a slow disk. bijou_media_cache_flush() waits for it. Any thread; never blocks.
 */
void
bijou_cache_entry_release (BijouCacheEntry *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_task_set_source_tag (task, bijou_cache_entry_release);
  g_task_set_task_data (task, self, NULL);
  bijou_worker_push (self->saver, task, release_in_worker, G_PRIORITY_DEFAULT);
}

/* Another thread may be in the lock; the worker has no part in it. */
static void
save_when_due (BijouCacheEntry *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->shared.unsaved >= bijou_cache_get_step (self->limits->budget) ||
      (self->shared.unsaved > 0 && now >= self->shared.saved_at + SAVE_US))
    bijou_cache_entry_schedule_save (self);
}

static void
count_bytes (BijouCacheEntry *self, gsize length)
{
  gint64 now = g_get_monotonic_time ();
  gint64 span = now - self->shared.rate_since;

  self->shared.received += (gint64) length;
  if (span > 5 * G_TIME_SPAN_SECOND)
    {
      self->shared.rate_since = now;
      self->shared.rate_bytes = 0;
    }
  self->shared.rate_bytes += (gint64) length;
  if (span < G_TIME_SPAN_SECOND / 2 || span > 5 * G_TIME_SPAN_SECOND)
    return;
  self->shared.rate = self->shared.rate_bytes * G_TIME_SPAN_SECOND / span;
  self->shared.rate_since = now;
  self->shared.rate_bytes = 0;
}

/* With `io` held. */
static gboolean
write_to_disk (BijouCacheEntry *self, gint64 offset, const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (bijou_cache_entry_is_in_memory (self))
    return FALSE;
  if (bijou_cache_file_write (self->file, offset, data, length, &error))
    return TRUE;

  g_message ("Going on from memory, for the cache cannot be written: %s", error->message);
  g_mutex_lock (&self->shared.lock);
  self->shared.disk_failed = TRUE;
  g_mutex_unlock (&self->shared.lock);
  return FALSE;
}

/* With both locks held: disowns what is present between two bytes until @bytes are given up. */
static gint64
disown (BijouCacheEntry *self, gint64 from, gint64 to, gint64 bytes, BijouRangeMap *disowned)
{
  BijouRangeMap *extents = self->shared.claims->extents;

  while (bytes > 0 && from < to)
    {
      gint64 start = bijou_range_map_get_gap_end (extents, from, to);
      gint64 end = MIN (bijou_range_map_get_present_end (extents, start), to);

      if (start >= to)
        break;
      end = MIN (end, start + bytes);
      bijou_range_map_remove (extents, start, end);
      bijou_range_map_add (disowned, start, end);
      bytes -= end - start;
      from = end;
    }
  return bytes;
}

/* With `io` held: a film that is longer than the budget gives up what was played, then what is far
 * ahead. The claims go first. */
static void
trim (BijouCacheEntry *self, gint64 excess)
{
  g_autoptr (BijouRangeMap) disowned = bijou_range_map_new ();
  gint64 keep = MIN (TRIM_KEEP, self->limits->budget / 4);
  gint64 spare = MAX (TRIM_STEP - excess, 0);
  BijouReadAhead ahead;
  Save *save = NULL;
  gint64 anchor;

  g_mutex_lock (&self->shared.lock);
  anchor = self->shared.position;
  bijou_cache_entry_get_read_ahead (self, &ahead);
  if (!self->shared.claims->pinned && self->shared.background_readers == 0)
    {
      excess = disown (self, 0, anchor - keep, excess + spare, disowned) - spare;
      disown (self, anchor + bijou_read_ahead_get_target (&ahead, G_MAXINT64), G_MAXINT64, excess,
              disowned);
    }
  if (bijou_range_map_get_length (disowned) > 0)
    {
      bijou_cache_file_void_saves (self->file);
      save = create_save (self);
    }
  g_mutex_unlock (&self->shared.lock);

  if (save == NULL)
    return;
  if (bijou_cache_file_save (save->file, save->claims, save->epoch, NULL))
    for (guint i = 0; i < bijou_range_map_get_length (disowned); i++)
      bijou_cache_file_punch (self->file, bijou_range_map_get (disowned, i)->from,
                              bijou_range_map_get (disowned, i)->to);
  save_free (save);
}

/* With `io` held. Whoever writes looks at the budget: however far behind the saver is, the folder
 * does not grow over it. */
static void
make_room (BijouCacheEntry *self, gsize length)
{
  gint64 excess = 0;

  if (bijou_cache_limits_count (self->limits, length))
    excess = bijou_cache_evict (self->directory, self->limits->budget, !self->limits->only_watched);
  if (excess > 0)
    trim (self, excess);
}

/* With `io` held. What somebody cut off the file must not come back as a hole when more is written
 * behind it. Returns whether bytes of @generation are still wanted. */
static gboolean
check_before_storing (BijouCacheEntry *self, guint generation)
{
  gint64 length = self->file == NULL ? G_MAXINT64 : bijou_cache_file_get_length (self->file);
  gboolean current;

  g_mutex_lock (&self->shared.lock);
  current = generation == self->shared.generation;
  bijou_range_map_remove (self->shared.claims->extents, length, G_MAXINT64);
  g_mutex_unlock (&self->shared.lock);
  return current;
}

/**
 * bijou_cache_entry_store:
 * @self: an entry
 * @offset: where
 * @data: what came
 * @length: how much
 * @generation: what bijou_cache_entry_accept() returned for it
 * @anchor: where its reader is
 *
 * Keeps bytes, on disk or else in memory, and wakes who waits for them. Without the lock.
 *
 * Returns: %FALSE when the bytes are of a file that is no more
 */
gboolean
bijou_cache_entry_store (BijouCacheEntry *self,
                         gint64 offset,
                         const guint8 *data,
                         gsize length,
                         guint generation,
                         gint64 anchor)
{
  gboolean current;

  g_mutex_lock (&self->io);
  current = check_before_storing (self, generation);
  if (current)
    {
      gboolean written = write_to_disk (self, offset, data, length);
      g_mutex_lock (&self->shared.lock);
      if (written)
        bijou_range_map_add (self->shared.claims->extents, offset, offset + (gint64) length);
      else
        bijou_byte_window_write (self->shared.window, offset, data, length, anchor);
      self->shared.unsaved += written ? (gint64) length : 0;
      self->shared.used = TRUE;
      count_bytes (self, length);
      save_when_due (self);
      g_mutex_unlock (&self->shared.lock);
      g_cond_broadcast (&self->shared.cond); /* who is woken wants the lock */
      if (written)
        make_room (self, length);
    }
  g_mutex_unlock (&self->io);
  return current;
}

/* A proxy may weaken a tag on its way. */
static const char *
skip_weakness (const char *etag)
{
  return etag != NULL && g_str_has_prefix (etag, "W/") ? etag + 2 : etag;
}

/* The tag decides where both have one: a time may differ between two ways to one file. */
static gboolean
is_of_another_file (const BijouCacheClaims *claims,
                    const char *etag,
                    const char *modified,
                    gint64 size)
{
  if (size >= 0 && claims->size >= 0 && size != claims->size)
    return TRUE;
  if (claims->etag != NULL && etag != NULL)
    return !g_str_equal (skip_weakness (claims->etag), skip_weakness (etag));
  return claims->modified != NULL && modified != NULL && !g_str_equal (claims->modified, modified);
}

/* With both locks held. */
static void
throw_away (BijouCacheEntry *self)
{
  if (bijou_range_map_get_length (self->shared.claims->extents) > 0)
    g_message ("The file on the server changed: its cache entry is thrown away");
  self->shared.generation++;
  bijou_range_map_clear (self->shared.claims->extents);
  bijou_byte_window_clear (self->shared.window);
  self->shared.claims->size = -1;
  g_clear_pointer (&self->shared.claims->etag, g_free);
  g_clear_pointer (&self->shared.claims->modified, g_free);
  if (self->file != NULL)
    bijou_cache_file_reset (self->file);
}

/* With the lock held. Returns whether claims of a file are of what this entry is, as far as is
 * known, and takes them over then. */
static gboolean
adopt_claims (BijouCacheEntry *self, BijouCacheClaims *claims)
{
  BijouCacheClaims *own = self->shared.claims;

  if (self->shared.answered && is_of_another_file (claims, own->etag, own->modified, own->size))
    return FALSE;
  if (claims->size < 0)
    claims->size = own->size;
  if (claims->etag == NULL)
    claims->etag = g_steal_pointer (&own->etag);
  if (claims->modified == NULL)
    claims->modified = g_steal_pointer (&own->modified);
  bijou_cache_claims_free (own);
  self->shared.claims = claims;
  g_cond_broadcast (&self->shared.cond);
  return TRUE;
}

/**
 * bijou_cache_entry_attach:
 * @self: an entry in which nothing was stored yet
 * @file: (nullable) (transfer full): where it is kept, %NULL for memory only
 * @view: (nullable) (transfer full): in place of @file, what another process has of it
 * @claims: (nullable) (transfer full): what is there already
 *
 * What no claims say is true may be anything: it is emptied. With `io` held since the entry was
 * made; the server may have answered meanwhile.
 */
void
bijou_cache_entry_attach (BijouCacheEntry *self,
                          BijouCacheFile *file,
                          BijouCacheView *view,
                          BijouCacheClaims *claims)
{
  gboolean adopted;

  g_mutex_lock (&self->shared.lock);
  self->file = file;
  self->view = view;
  self->shared.disk_failed = file == NULL;
  adopted = claims != NULL && adopt_claims (self, claims);
  g_mutex_unlock (&self->shared.lock);
  if (adopted)
    return;
  /* The net thread may want the lock by now, and a disk may be slow. */
  g_clear_pointer (&claims, bijou_cache_claims_free);
  if (file != NULL)
    bijou_cache_file_reset (file);
}

/* With the lock held. */
static gboolean
has_changed (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size)
{
  return is_of_another_file (self->shared.claims, bijou_http_response_get_header (head, "ETag"),
                             bijou_http_response_get_header (head, "Last-Modified"), size);
}

/* With the lock held. */
static void
take_head (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size)
{
  BijouCacheClaims *claims = self->shared.claims;
  gboolean is_news = claims->size < 0;

  if (claims->etag == NULL)
    claims->etag = g_strdup (bijou_http_response_get_header (head, "ETag"));
  if (claims->modified == NULL)
    claims->modified = g_strdup (bijou_http_response_get_header (head, "Last-Modified"));
  if (size >= 0)
    claims->size = size;
  self->shared.answered = TRUE;
  if (is_news) /* others wait for bytes */
    g_cond_broadcast (&self->shared.cond);
}

/**
 * bijou_cache_entry_accept:
 * @self: an entry
 * @head: the head of a good answer
 * @size: the size of the whole file that it tells, or -1
 *
 * Compares the answer with what is here; when it is of another file, what is here is thrown away.
 * Without the lock.
 *
 * Returns: the generation that its bytes belong to
 */
guint
bijou_cache_entry_accept (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size)
{
  guint generation;

  g_mutex_lock (&self->io);
  g_mutex_lock (&self->shared.lock);
  if (has_changed (self, head, size))
    throw_away (self);
  take_head (self, head, size);
  generation = self->shared.generation;
  g_mutex_unlock (&self->shared.lock);
  g_mutex_unlock (&self->io);
  return generation;
}

/**
 * bijou_cache_entry_accept_same:
 * @self: an entry
 * @head: the head of a good answer
 * @size: the size of the whole file that it tells, or -1
 *
 * Like bijou_cache_entry_accept(), for an answer that throws nothing away. With the lock held;
 * never blocks.
 *
 * Returns: %FALSE when it is of another file than what is here; nothing has changed then
 */
gboolean
bijou_cache_entry_accept_same (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size)
{
  if (has_changed (self, head, size))
    return FALSE;
  take_head (self, head, size);
  return TRUE;
}
