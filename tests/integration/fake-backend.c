#include "config.h"

#include "fake-backend.h"

static void fake_backend_iface_init (BijouBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeBackend,
                               fake_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BACKEND, fake_backend_iface_init))

static GPtrArray *
fake_list_libraries (BijouBackend *backend, GCancellable *cancellable, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  return g_ptr_array_copy (self->libraries, (GCopyFunc) g_object_ref, NULL);
}

/* --- pages --- */

static gboolean
is_hit (FakeBackend *self, BijouItemKind kind, guint start, guint limit)
{
  guint page = limit > 0 ? start / limit + 1 : 1;
  gboolean hit;

  if (self->fault == FAKE_FAULT_NONE ||
      (self->fault_kind != BIJOU_ITEM_UNKNOWN && self->fault_kind != kind) ||
      (self->fault_page != 0 && self->fault_page != page))
    return FALSE;
  g_mutex_lock (&self->lock);
  hit = self->fault_times == 0 || self->n_hit < self->fault_times;
  self->n_hit += hit;
  g_mutex_unlock (&self->lock);
  return hit;
}

static BijouPage *
make_page (FakeBackend *self, GPtrArray *list, guint start, guint limit)
{
  BijouPage *page = g_new0 (BijouPage, 1);

  if (self->page_cap > 0)
    limit = MIN (limit, self->page_cap);
  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = start; i < list->len && i < start + limit; i++)
    if (self->hidden_each == 0 || i % self->hidden_each != 0)
      g_ptr_array_add (page->items, g_object_ref (list->pdata[i]));
  page->received = page->items->len;
  page->total = (gint64) list->len + self->total_off;
  if (self->no_total || (self->first_total_only && start > 0))
    page->total = -1;
  page->bytes = 100 + 10 * (gint64) page->received;
  return page;
}

static void
wait_for_cancel (GCancellable *cancellable)
{
  GPollFD fd;

  if (g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, -1);
      g_cancellable_release_fd (cancellable);
    }
}

static void
wait_for_release (FakeBackend *self)
{
  g_mutex_lock (&self->lock);
  while (!self->released)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

static BijouPage *
spoil_page (FakeBackend *self,
            GPtrArray *list,
            guint start,
            guint limit,
            GCancellable *cancellable,
            GError **error)
{
  switch (self->fault)
    {
    case FAKE_FAULT_ERROR:
      g_set_error_literal (error, BIJOU_ERROR, self->error_code, "as ordered");
      bijou_error_set_retry_after (*error, self->retry_after_ms);
      return NULL;
    case FAKE_FAULT_SHORT:
      return make_page (self, list, start, limit / 2);
    case FAKE_FAULT_EMPTY:
      return make_page (self, list, start, 0);
    case FAKE_FAULT_REPEAT:
      return make_page (self, list, start - limit, limit);
    case FAKE_FAULT_REPEAT_ALL:
      return make_page (self, list, 0, limit);
    case FAKE_FAULT_IGNORE_PAGING:
      return make_page (self, list, 0, list->len);
    case FAKE_FAULT_HANG:
      wait_for_cancel (cancellable);
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    case FAKE_FAULT_DEAF:
      wait_for_release (self);
      return make_page (self, list, start, limit);
    case FAKE_FAULT_GROW:
      {
        BijouItem *item = bijou_item_copy (list->pdata[0]);

        g_free (item->remote_id);
        item->remote_id = g_strdup ("new");
        g_ptr_array_insert (list, 0, item);
        return make_page (self, list, start, limit);
      }
    case FAKE_FAULT_NONE:
    default:
      return make_page (self, list, start, limit);
    }
}

static BijouPage *
fake_fetch_page (BijouBackend *backend,
                 BijouLibrary *library,
                 BijouItemKind kind,
                 guint start,
                 guint limit,
                 GCancellable *cancellable,
                 GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);
  GPtrArray *list = fake_backend_get_list (self, library != NULL ? library->remote_id : "", kind);
  BijouPage *page;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  g_mutex_lock (&self->lock);
  self->n_pages++;
  self->n_running++;
  self->max_running = MAX (self->max_running, self->n_running);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  if ((list->len > 0 || self->fault == FAKE_FAULT_ERROR) && is_hit (self, kind, start, limit))
    page = spoil_page (self, list, start, limit, cancellable, error);
  else
    page = make_page (self, list, start, limit);

  g_mutex_lock (&self->lock);
  self->n_running--;
  g_mutex_unlock (&self->lock);
  return page;
}

static GPtrArray *
fake_fetch_home (BijouBackend *backend,
                 BijouHomeRow row,
                 guint limit,
                 GPtrArray **next_up,
                 GCancellable *cancellable,
                 GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  return g_ptr_array_copy (self->home[row], (GCopyFunc) g_object_ref, NULL);
}

static BijouItem *
find_item (FakeBackend *self, const char *remote_id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lists);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < ((GPtrArray *) value)->len; i++)
      {
        BijouItem *item = ((GPtrArray *) value)->pdata[i];

        if (g_str_equal (item->remote_id, remote_id))
          return item;
      }
  return NULL;
}

static BijouDetail *
fake_fetch_detail (BijouBackend *backend,
                   const char *remote_id,
                   GCancellable *cancellable,
                   GError **error)
{
  BijouItem *item = find_item (FAKE_BACKEND (backend), remote_id);

  if (item != NULL)
    return bijou_detail_new (item);
  g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "as ordered");
  return NULL;
}

/* --- what is sent to it --- */

static gboolean
take (FakeBackend *self, char *what, GError **error)
{
  gboolean lost;

  g_mutex_lock (&self->lock);
  if (self->refuse_send)
    {
      g_set_error_literal (error, BIJOU_ERROR, self->send_error, "as ordered");
      g_free (what);
    }
  else
    g_ptr_array_add (self->sent, what);
  lost = !self->refuse_send && self->lose_answers > 0;
  self->lose_answers -= lost;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (lost)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "the answer is lost");
  return !self->refuse_send && !lost;
}

/* Whether only this one is in trouble. */
static gboolean
is_refused (FakeBackend *self, const char *remote_id, GError **error)
{
  if (g_strcmp0 (self->refused_id, remote_id) != 0)
    return FALSE;
  g_set_error_literal (error, BIJOU_ERROR, self->send_error, "as ordered");
  return TRUE;
}

static gboolean
fake_set_watched (BijouBackend *backend,
                  const char *remote_id,
                  gboolean watched,
                  GCancellable *cancellable,
                  GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);
  BijouItem *item = find_item (self, remote_id);

  if (is_refused (self, remote_id, error))
    return FALSE;
  if (item != NULL && !self->refuse_send)
    {
      item->watched = watched;
      item->play_count = watched ? item->play_count + 1 : 0;
    }
  return take (self, g_strdup_printf ("%s %s", watched ? "watched" : "unwatched", remote_id),
               error);
}

static gboolean
fake_set_favourite (BijouBackend *backend,
                    const char *remote_id,
                    gboolean favourite,
                    GCancellable *cancellable,
                    GError **error)
{
  if (is_refused (FAKE_BACKEND (backend), remote_id, error))
    return FALSE;
  return take (FAKE_BACKEND (backend),
               g_strdup_printf ("%s %s", favourite ? "favourite" : "unfavourite", remote_id),
               error);
}

static gboolean
fake_set_position (BijouBackend *backend,
                   const char *remote_id,
                   gint64 position_ms,
                   gint64 duration_ms,
                   GCancellable *cancellable,
                   GError **error)
{
  return take (FAKE_BACKEND (backend),
               g_strdup_printf ("position %s %" G_GINT64_FORMAT, remote_id, position_ms), error);
}

static gboolean
fake_set_rating (BijouBackend *backend,
                 const char *remote_id,
                 double rating,
                 GCancellable *cancellable,
                 GError **error)
{
  if (is_refused (FAKE_BACKEND (backend), remote_id, error))
    return FALSE;
  return take (FAKE_BACKEND (backend), g_strdup_printf ("rating %s %g", remote_id, rating), error);
}

/* Who may send nothing may ask for nothing. */
static gboolean
fake_check_token (BijouBackend *backend, GCancellable *cancellable, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  if (self->refuse_send)
    g_set_error_literal (error, BIJOU_ERROR, self->send_error, "as ordered");
  return !self->refuse_send;
}

static BijouConnection *
fake_get_connection (BijouBackend *backend)
{
  return NULL;
}

static const char *
fake_get_server_id (BijouBackend *backend)
{
  return FAKE_BACKEND (backend)->server_id;
}

static void
fake_backend_iface_init (BijouBackendInterface *iface)
{
  iface->list_libraries = fake_list_libraries;
  iface->fetch_page = fake_fetch_page;
  iface->fetch_home = fake_fetch_home;
  iface->fetch_detail = fake_fetch_detail;
  iface->set_watched = fake_set_watched;
  iface->set_favourite = fake_set_favourite;
  iface->set_rating = fake_set_rating;
  iface->set_position = fake_set_position;
  iface->check_token = fake_check_token;
  iface->get_connection = fake_get_connection;
  iface->get_server_id = fake_get_server_id;
}

static void
fake_backend_finalize (GObject *object)
{
  FakeBackend *self = FAKE_BACKEND (object);

  g_free (self->server_id);
  g_ptr_array_unref (self->libraries);
  g_hash_table_unref (self->lists);
  g_ptr_array_unref (self->home[0]);
  g_ptr_array_unref (self->home[1]);
  g_ptr_array_unref (self->sent);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);

  G_OBJECT_CLASS (fake_backend_parent_class)->finalize (object);
}

static void
fake_backend_class_init (FakeBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_backend_finalize;
}

static void
fake_backend_init (FakeBackend *self)
{
  self->libraries = g_ptr_array_new_with_free_func (g_object_unref);
  self->lists =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->home[0] = g_ptr_array_new_with_free_func (g_object_unref);
  self->home[1] = g_ptr_array_new_with_free_func (g_object_unref);
  self->sent = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
}

FakeBackend *
fake_backend_new (const char *server_id)
{
  FakeBackend *self = g_object_new (FAKE_TYPE_BACKEND, NULL);

  self->server_id = g_strdup (server_id);
  return self;
}

BijouLibrary *
fake_backend_add_library (FakeBackend *self, const char *id, BijouLibraryKind kind)
{
  BijouLibrary *library = bijou_library_new (self->server_id, id, id);

  library->kind = kind;
  g_ptr_array_add (self->libraries, library);
  return library;
}

GPtrArray *
fake_backend_get_list (FakeBackend *self, const char *library, BijouItemKind kind)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", library, bijou_item_kind_to_string (kind));
  GPtrArray *list;

  g_mutex_lock (&self->lock);
  list = g_hash_table_lookup (self->lists, key);
  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (self->lists, g_steal_pointer (&key), list);
    }
  g_mutex_unlock (&self->lock);
  return list;
}

static BijouItem *
add_item (FakeBackend *self, const char *library, BijouItemKind kind, char *id)
{
  BijouItem *item = bijou_item_new (kind, self->server_id, id);

  item->title = g_strdup (id);
  item->sort_title = id;
  item->duration_ms = 3600000;
  item->has_media = bijou_item_kind_is_playable (kind);
  g_ptr_array_add (fake_backend_get_list (self, library, kind), item);
  return item;
}

void
fake_backend_add_films (FakeBackend *self, const char *library, guint n)
{
  for (guint i = 0; i < n; i++)
    add_item (self, library, BIJOU_ITEM_MOVIE, g_strdup_printf ("%s-film-%05u", library, i));
}

static void
add_episodes (FakeBackend *self, const char *library, BijouItem *season, guint number, guint n)
{
  for (guint i = 1; i <= n; i++)
    {
      BijouItem *episode = add_item (self, library, BIJOU_ITEM_EPISODE,
                                     g_strdup_printf ("%s-e%03u", season->remote_id, i));

      episode->parent_id = g_strdup (season->remote_id);
      episode->show_id = g_strdup (season->parent_id);
      episode->season = (int) number;
      episode->episode = (int) i;
    }
}

void
fake_backend_add_shows (
    FakeBackend *self, const char *library, guint shows, guint seasons, guint episodes)
{
  for (guint i = 0; i < shows; i++)
    {
      BijouItem *show =
          add_item (self, library, BIJOU_ITEM_SHOW, g_strdup_printf ("%s-show-%04u", library, i));

      for (guint number = 1; number <= seasons; number++)
        {
          BijouItem *season = add_item (self, library, BIJOU_ITEM_SEASON,
                                        g_strdup_printf ("%s-s%u", show->remote_id, number));

          season->parent_id = g_strdup (show->remote_id);
          season->show_id = g_strdup (show->remote_id);
          season->season = (int) number;
          add_episodes (self, library, season, number, episodes);
        }
    }
}

/* Waits until at least @n pages were asked for. */
void
fake_backend_wait_for_pages (FakeBackend *self, guint n)
{
  g_mutex_lock (&self->lock);
  while (self->n_pages < n)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

/* Lets go of what waits in FAKE_FAULT_DEAF. */
void
fake_backend_release (FakeBackend *self)
{
  g_mutex_lock (&self->lock);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}
