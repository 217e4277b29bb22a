#include "config.h"

#include "bijou-backend.h"

#include <string.h>

G_DEFINE_INTERFACE (BijouBackend, bijou_backend, G_TYPE_OBJECT)

static void
bijou_backend_default_init (BijouBackendInterface *iface)
{
}

/* For methods that a protocol may leave out. */
static gboolean
require (gboolean present, const char *what, GError **error)
{
  if (!present)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "%s is not offered", what);
  return present;
}

/**
 * bijou_page_free:
 * @self: (transfer full): a page
 */
void
bijou_page_free (BijouPage *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

/**
 * bijou_page_is_last:
 * @self: a page
 * @start: the row it was asked for from
 *
 * Whether nothing follows. A page may be shorter than was asked for: only the total and an empty
 * page are an end.
 */
gboolean
bijou_page_is_last (const BijouPage *self, guint start)
{
  return self->received == 0 || (self->total >= 0 && start + self->received >= self->total);
}

/**
 * bijou_report_new:
 * @kind: what happened
 * @session_id: the playback that it belongs to
 * @remote_id: the item that is played
 *
 * Returns: (transfer full): a report to be filled before it is handed on
 */
BijouReport *
bijou_report_new (BijouReportKind kind, const char *session_id, const char *remote_id)
{
  BijouReport *self = g_new0 (BijouReport, 1);

  self->kind = kind;
  self->session_id = g_strdup (session_id);
  self->remote_id = g_strdup (remote_id);
  return self;
}

/**
 * bijou_report_copy:
 * @self: a report
 *
 * Returns: (transfer full): a copy
 */
BijouReport *
bijou_report_copy (const BijouReport *self)
{
  BijouReport *copy = g_memdup2 (self, sizeof *self);

  copy->session_id = g_strdup (self->session_id);
  copy->remote_id = g_strdup (self->remote_id);
  copy->version_id = g_strdup (self->version_id);
  copy->part_id = g_strdup (self->part_id);
  copy->audio_id = g_strdup (self->audio_id);
  copy->subtitle_id = g_strdup (self->subtitle_id);
  return copy;
}

/**
 * bijou_report_free:
 * @self: (transfer full): a report
 */
void
bijou_report_free (BijouReport *self)
{
  g_free (self->session_id);
  g_free (self->remote_id);
  g_free (self->version_id);
  g_free (self->part_id);
  g_free (self->audio_id);
  g_free (self->subtitle_id);
  g_free (self);
}

/**
 * bijou_backend_list_libraries:
 * @self: a backend
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer container) (element-type BijouLibrary) (nullable): all libraries in the
 *   server's order, or %NULL with an error
 */
GPtrArray *
bijou_backend_list_libraries (BijouBackend *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->list_libraries (self, cancellable, error);
}

/**
 * bijou_backend_mark_hidden:
 * @self: a backend
 * @libraries: (element-type BijouLibrary): as just listed, not handed on yet
 * @known: (nullable) (element-type BijouLibrary): as they were
 * @cancellable: (nullable): to give up
 *
 * Blocking; any thread but the main one.
 */
void
bijou_backend_mark_hidden (BijouBackend *self,
                           GPtrArray *libraries,
                           GPtrArray *known,
                           GCancellable *cancellable)
{
  BijouBackendInterface *iface;

  g_return_if_fail (BIJOU_IS_BACKEND (self));
  g_return_if_fail (libraries != NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (iface->mark_hidden != NULL)
    iface->mark_hidden (self, libraries, known, cancellable);
}

/**
 * bijou_backend_fetch_page:
 * @self: a backend
 * @library: (nullable): the library, %NULL for collections and playlists that belong to none
 * @kind: what is asked for
 * @start: index of the first row
 * @limit: number of rows, at least 1
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * A page may hold fewer rows than @limit before the end of the query, so the next one begins at
 * @start + `received`; the end is where that reaches the first page's `total`, or a page with
 * nothing `received`. Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the page, or %NULL with an error
 */
BijouPage *
bijou_backend_fetch_page (BijouBackend *self,
                          BijouLibrary *library,
                          BijouItemKind kind,
                          guint start,
                          guint limit,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (library == NULL || BIJOU_IS_LIBRARY (library), NULL);
  g_return_val_if_fail (kind != BIJOU_ITEM_UNKNOWN, NULL);
  g_return_val_if_fail (limit > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->fetch_page (self, library, kind, start, limit, cancellable,
                                                     error);
}

/**
 * bijou_backend_fetch_slim_page:
 * @self: a backend
 * @library: (nullable): a library; %NULL for lists that belong to none
 * @kinds: kinds of items; only one unless bijou_backend_mixes_kinds()
 * @start: the first row
 * @limit: at most so many rows
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the page, or %NULL with an error
 */
BijouPage *
bijou_backend_fetch_slim_page (BijouBackend *self,
                               BijouLibrary *library,
                               BijouItemKinds kinds,
                               guint start,
                               guint limit,
                               GCancellable *cancellable,
                               GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (kinds != 0, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->fetch_slim_page != NULL, "A list of slim rows", error))
    return NULL;
  return iface->fetch_slim_page (self, library, kinds, start, limit, cancellable, error);
}

/**
 * bijou_backend_mixes_kinds:
 * @self: a backend
 *
 * Returns: whether a slim page may hold several kinds. Any thread.
 */
gboolean
bijou_backend_mixes_kinds (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->mixes_kinds;
}

/**
 * bijou_backend_fetch_delta:
 * @self: a backend
 * @query: what is known
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * What is new since a moment. Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the news; %BIJOU_ERROR_UNSUPPORTED when the server cannot
 *   tell
 */
BijouDelta *
bijou_backend_fetch_delta (BijouBackend *self,
                           const BijouDeltaQuery *query,
                           GCancellable *cancellable,
                           GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->fetch_delta != NULL, "A list of what is new", error))
    return NULL;
  return iface->fetch_delta (self, query, cancellable, error);
}

/**
 * bijou_backend_get_server_time:
 * @self: a backend
 *
 * Returns: seconds since 1970 by the server's clock; 0 before it has said. Any thread.
 */
gint64
bijou_backend_get_server_time (BijouBackend *self)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), 0);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  return iface->get_server_time != NULL ? iface->get_server_time (self) : 0;
}

/**
 * bijou_backend_fetch_members:
 * @self: a backend
 * @list: a collection or a playlist
 * @start: the first row
 * @limit: at most so many rows
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the page, in the order of the list
 */
BijouPage *
bijou_backend_fetch_members (BijouBackend *self,
                             BijouItem *list,
                             guint start,
                             guint limit,
                             GCancellable *cancellable,
                             GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (BIJOU_IS_ITEM (list), NULL);
  g_return_val_if_fail (limit > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->fetch_members != NULL, "A list's members", error))
    return NULL;
  return iface->fetch_members (self, list, start, limit, cancellable, error);
}

/**
 * bijou_backend_fetch_home:
 * @self: a backend
 * @row: %BIJOU_HOME_CONTINUE or %BIJOU_HOME_NEXT_UP
 * @limit: number of items at most
 * @next_up: (out) (optional) (transfer container): with %BIJOU_HOME_CONTINUE, from a backend that
 *   mixes rows, the other row; else %NULL
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer container) (element-type BijouItem) (nullable): the items in the row's order,
 *   or %NULL with an error
 */
GPtrArray *
bijou_backend_fetch_home (BijouBackend *self,
                          BijouHomeRow row,
                          guint limit,
                          GPtrArray **next_up,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (row != BIJOU_HOME_RECENT, NULL);
  g_return_val_if_fail (limit > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (next_up != NULL)
    *next_up = NULL;
  return BIJOU_BACKEND_GET_IFACE (self)->fetch_home (self, row, limit, next_up, cancellable, error);
}

/**
 * bijou_backend_mixes_rows:
 * @self: a backend
 *
 * Returns: whether %BIJOU_HOME_CONTINUE is answered together with %BIJOU_HOME_NEXT_UP
 */
gboolean
bijou_backend_mixes_rows (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->mixes_rows;
}

/**
 * bijou_backend_fetch_detail:
 * @self: a backend
 * @remote_id: an item
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): everything that the server tells of the item, or %NULL with
 *   an error
 */
BijouDetail *
bijou_backend_fetch_detail (BijouBackend *self,
                            const char *remote_id,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (remote_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->fetch_detail (self, remote_id, cancellable, error);
}

/**
 * bijou_backend_fetch_person:
 * @self: a backend
 * @person_id: somebody who is in a detail of it
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer container) (element-type BijouItem) (nullable): what they are in, in any
 *   order; %NULL with an error
 */
GPtrArray *
bijou_backend_fetch_person (BijouBackend *self,
                            const char *person_id,
                            GCancellable *cancellable,
                            GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (person_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->fetch_person != NULL, "A list of what a person is in", error))
    return NULL;
  return iface->fetch_person (self, person_id, cancellable, error);
}

/**
 * bijou_backend_fetch_details:
 * @self: a backend
 * @remote_ids: (array zero-terminated=1): up to %BIJOU_BACKEND_MAX_IDS items
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer container) (element-type BijouDetail) (nullable): those that the server has,
 *   in any order; %NULL with an error
 */
GPtrArray *
bijou_backend_fetch_details (BijouBackend *self,
                             const char *const *remote_ids,
                             GCancellable *cancellable,
                             GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (remote_ids != NULL && remote_ids[0] != NULL, NULL);
  g_return_val_if_fail (g_strv_length ((char **) remote_ids) <= BIJOU_BACKEND_MAX_IDS, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->fetch_details != NULL, "A list of details", error))
    return NULL;
  return iface->fetch_details (self, remote_ids, cancellable, error);
}

static gboolean
has_item (GPtrArray *items, const char *remote_id)
{
  for (guint i = 0; i < items->len; i++)
    if (g_strcmp0 (BIJOU_ITEM (items->pdata[i])->remote_id, remote_id) == 0)
      return TRUE;
  return FALSE;
}

static GPtrArray *
dup_ids (const char *const *ids)
{
  GPtrArray *array = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (array, (gpointer) ids[i]);
  g_ptr_array_add (array, NULL);
  return array;
}

/* Those of @ids, the last one %NULL, that are not among @items. */
static GPtrArray *
find_missing (GPtrArray *ids, GPtrArray *items)
{
  GPtrArray *missing = g_ptr_array_new ();

  for (guint i = 0; ids->pdata[i] != NULL; i++)
    if (!has_item (items, ids->pdata[i]))
      g_ptr_array_add (missing, ids->pdata[i]);
  g_ptr_array_add (missing, NULL);
  return missing;
}

/**
 * bijou_backend_fetch_items:
 * @self: a backend
 * @remote_ids: (array zero-terminated=1): items, at most %BIJOU_BACKEND_MAX_IDS
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * A server may answer with fewer rows than were asked for. What is left out is asked for again, so
 * that only what an answer without any row says to be gone is taken for it. Blocking; any thread
 * but the main one.
 *
 * Returns: (transfer container) (element-type BijouItem) (nullable): those of them that the server
 *   has, in any order, or %NULL with an error
 */
GPtrArray *
bijou_backend_fetch_items (BijouBackend *self,
                           const char *const *remote_ids,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) wanted = NULL;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (remote_ids != NULL, NULL);
  g_return_val_if_fail (g_strv_length ((char **) remote_ids) <= BIJOU_BACKEND_MAX_IDS, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  wanted = dup_ids (remote_ids);
  while (wanted->pdata[0] != NULL)
    {
      g_autoptr (GPtrArray) came = BIJOU_BACKEND_GET_IFACE (self)->fetch_items (
          self, (const char *const *) wanted->pdata, cancellable, error);
      g_autoptr (GPtrArray) missing = came != NULL ? find_missing (wanted, came) : NULL;

      if (came == NULL)
        return NULL;
      g_ptr_array_extend (items, came, (GCopyFunc) g_object_ref, NULL);
      if (missing->len == wanted->len)
        break;
      g_ptr_array_unref (wanted);
      wanted = g_steal_pointer (&missing);
    }
  return g_steal_pointer (&items);
}

/**
 * bijou_backend_make_socket_request:
 * @self: a backend
 *
 * Never blocks; any thread.
 *
 * Returns: (transfer full) (nullable): a GET whose URL is a path and that carries the token that is
 *   good now, to be resolved by the connection and upgraded to a websocket; %NULL for a protocol
 *   that has none
 */
BijouHttpRequest *
bijou_backend_make_socket_request (BijouBackend *self)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  return iface->make_socket_request != NULL ? iface->make_socket_request (self) : NULL;
}

/**
 * bijou_backend_parse_event:
 * @self: a backend
 * @text: what came through its socket; anything at all
 * @length: its bytes
 * @reply: (out caller-allocates): what the server wants to hear; to be cleared
 *
 * Never fails and never blocks; any thread.
 *
 * Returns: (transfer full) (element-type BijouEvent): what it says, often nothing
 */
GPtrArray *
bijou_backend_parse_event (BijouBackend *self,
                           const char *text,
                           gsize length,
                           BijouEventReply *reply)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (text != NULL && reply != NULL, NULL);

  *reply = (BijouEventReply){ NULL };
  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (iface->parse_event == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);
  return iface->parse_event (self, text, length, reply);
}

/**
 * bijou_backend_announces_marks:
 * @self: a backend
 *
 * Returns: whether its socket tells of marks that are made by other clients; otherwise they are
 *   only found by asking
 */
gboolean
bijou_backend_announces_marks (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->announces_marks;
}

/**
 * bijou_backend_fetch_image:
 * @self: a backend
 * @image: an image reference of one of its items
 * @width: pixels that are needed; rounded up to the ladder
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the encoded picture, or %NULL with an error
 */
GBytes *
bijou_backend_fetch_image (
    BijouBackend *self, const char *image, guint width, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (image != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->fetch_image (
      self, image, bijou_backend_round_width (width), cancellable, error);
}

/**
 * bijou_backend_make_part_request:
 * @self: a backend
 * @remote_id: the item
 * @part: one of its parts
 * @session_id: the playback
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking, since the address may have to be found; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): a request with an absolute URL and the credentials in its
 *   headers; never kept longer than one transfer
 */
BijouHttpRequest *
bijou_backend_make_part_request (BijouBackend *self,
                                 const char *remote_id,
                                 BijouPart *part,
                                 const char *session_id,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (remote_id != NULL, NULL);
  g_return_val_if_fail (part != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->make_part_request (self, remote_id, part, session_id,
                                                            cancellable, error);
}

/**
 * bijou_backend_make_subtitle_request:
 * @self: a backend
 * @stream: an external subtitle with a key
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking, since the address may have to be found; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): a request as of bijou_backend_make_part_request(), or %NULL
 *   with an error, %BIJOU_ERROR_UNSUPPORTED for a stream that is no file of its own
 */
BijouHttpRequest *
bijou_backend_make_subtitle_request (BijouBackend *self,
                                     BijouStream *stream,
                                     GCancellable *cancellable,
                                     GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (stream != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!require (stream->key != NULL, "A subtitle inside the film as a file", error))
    return NULL;
  return BIJOU_BACKEND_GET_IFACE (self)->make_subtitle_request (self, stream, cancellable, error);
}

/**
 * bijou_backend_report:
 * @self: a backend
 * @report: what happened
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: whether the server was told
 */
gboolean
bijou_backend_report (BijouBackend *self,
                      const BijouReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (report != NULL && report->remote_id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->report (self, report, cancellable, error);
}

/**
 * bijou_backend_set_watched:
 * @self: a backend
 * @remote_id: an item; of a show or season, all episodes
 * @watched: the mark
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: whether the server took it
 */
gboolean
bijou_backend_set_watched (BijouBackend *self,
                           const char *remote_id,
                           gboolean watched,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (remote_id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->set_watched (self, remote_id, watched, cancellable, error);
}

/**
 * bijou_backend_set_favourite:
 * @self: a backend
 * @remote_id: an item
 * @favourite: the mark
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: whether the server took it; %FALSE with %BIJOU_ERROR_UNSUPPORTED where it has no such
 *   mark
 */
gboolean
bijou_backend_set_favourite (BijouBackend *self,
                             const char *remote_id,
                             gboolean favourite,
                             GCancellable *cancellable,
                             GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (remote_id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->set_favourite != NULL, "A favourite mark", error))
    return FALSE;
  return iface->set_favourite (self, remote_id, favourite, cancellable, error);
}

/**
 * bijou_backend_set_rating:
 * @self: a backend
 * @remote_id: an item
 * @rating: the user's own, 0–10; negative: none
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: whether the server took it; %FALSE with %BIJOU_ERROR_UNSUPPORTED where it has none
 */
gboolean
bijou_backend_set_rating (BijouBackend *self,
                          const char *remote_id,
                          double rating,
                          GCancellable *cancellable,
                          GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (remote_id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (!require (iface->set_rating != NULL, "A rating", error))
    return FALSE;
  return iface->set_rating (self, remote_id, rating < 0 ? -1 : MIN (rating, 10), cancellable,
                            error);
}

/**
 * bijou_backend_keeps_favourites:
 * @self: a backend
 *
 * Never blocks; any thread.
 *
 * Returns: whether bijou_backend_set_favourite() is worth a try
 */
gboolean
bijou_backend_keeps_favourites (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->keeps_favourites;
}

/**
 * bijou_backend_keeps_ratings:
 * @self: a backend
 *
 * Never blocks; any thread.
 *
 * Returns: whether a rating is one for other clients of the server too
 */
gboolean
bijou_backend_keeps_ratings (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->keeps_ratings;
}

/**
 * bijou_backend_set_position:
 * @self: a backend
 * @remote_id: an item
 * @position_ms: where to resume it
 * @duration_ms: its length, 0 unknown
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Blocking; any thread but the main one.
 *
 * Returns: whether the server took it
 */
gboolean
bijou_backend_set_position (BijouBackend *self,
                            const char *remote_id,
                            gint64 position_ms,
                            gint64 duration_ms,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (remote_id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->set_position (self, remote_id, MAX (position_ms, 0),
                                                       MAX (duration_ms, 0), cancellable, error);
}

/**
 * bijou_backend_sign_out:
 * @self: a backend
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Ends the token at the server where the protocol can. Blocking; any thread but the main one.
 *
 * Returns: whether the token is of no use any more
 */
gboolean
bijou_backend_sign_out (BijouBackend *self, GCancellable *cancellable, GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  return iface->sign_out == NULL || iface->sign_out (self, cancellable, error);
}

/**
 * bijou_backend_check_token:
 * @self: a backend
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Asks the server whether the token is still good and tells the connection. Blocking; any thread
 * but the main one.
 *
 * Returns: whether it is; %FALSE with %BIJOU_ERROR_UNAUTHORISED when the server says no, with
 *   another error when nothing is known
 */
gboolean
bijou_backend_check_token (BijouBackend *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return BIJOU_BACKEND_GET_IFACE (self)->check_token (self, cancellable, error);
}

/**
 * bijou_backend_list_own_urls:
 * @self: a backend
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Asks the server where it thinks that it is. It may not know: its network may be that of a
 * container. Blocking; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): base URLs, none for a protocol that does not tell; %NULL
 * with an error when the server was not reached
 */
char **
bijou_backend_list_own_urls (BijouBackend *self, GCancellable *cancellable, GError **error)
{
  BijouBackendInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = BIJOU_BACKEND_GET_IFACE (self);
  if (iface->list_own_urls == NULL)
    return g_new0 (char *, 1);
  return iface->list_own_urls (self, cancellable, error);
}

/**
 * bijou_backend_set_token:
 * @self: a backend
 * @token: takes the place of the one it has
 *
 * What is asked from now on carries it, a film that plays from its next connection on; a server
 * that refused the old one counts as signed in. Any thread.
 */
void
bijou_backend_set_token (BijouBackend *self, const char *token)
{
  g_return_if_fail (BIJOU_IS_BACKEND (self));
  g_return_if_fail (token != NULL);

  if (BIJOU_BACKEND_GET_IFACE (self)->set_token != NULL)
    BIJOU_BACKEND_GET_IFACE (self)->set_token (self, token);
}

/**
 * bijou_backend_set_token_func:
 * @self: a backend
 * @func: is asked for a token when the server refuses the one it has
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data
 *
 * Once, before the backend is used. A protocol whose tokens come from nowhere else ignores it.
 */
void
bijou_backend_set_token_func (BijouBackend *self,
                              BijouTokenFunc func,
                              gpointer user_data,
                              GDestroyNotify destroy)
{
  g_return_if_fail (BIJOU_IS_BACKEND (self));

  if (BIJOU_BACKEND_GET_IFACE (self)->set_token_func != NULL)
    BIJOU_BACKEND_GET_IFACE (self)->set_token_func (self, func, user_data, destroy);
  else if (destroy != NULL)
    destroy (user_data);
}

/**
 * bijou_backend_get_connection:
 * @self: a backend
 *
 * Returns: (transfer none): the way to its server. Any thread.
 */
BijouConnection *
bijou_backend_get_connection (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->get_connection (self);
}

/**
 * bijou_backend_get_server_id:
 * @self: a backend
 *
 * Returns: (transfer none): the identifier of its server, as the rows of the store have it. Any
 *   thread.
 */
const char *
bijou_backend_get_server_id (BijouBackend *self)
{
  g_return_val_if_fail (BIJOU_IS_BACKEND (self), NULL);

  return BIJOU_BACKEND_GET_IFACE (self)->get_server_id (self);
}

/**
 * bijou_backend_round_width:
 * @width: pixels that are needed
 *
 * Few sizes are asked for, so that the caches of server and client hit.
 *
 * Returns: the next width of the ladder 160 240 320 480 640 960 1280 1920; the last one for more
 */
guint
bijou_backend_round_width (guint width)
{
  static const guint ladder[] = { 160, 240, 320, 480, 640, 960, 1280, 1920 };

  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++)
    if (width <= ladder[i])
      return ladder[i];
  return ladder[G_N_ELEMENTS (ladder) - 1];
}

/**
 * bijou_backend_get_kinds:
 * @kind: a kind of library
 *
 * Returns: (transfer none): the kinds of items that such a library holds, parents first, ended by
 *   %BIJOU_ITEM_UNKNOWN; nothing for a library that is only listed
 */
const BijouItemKind *
bijou_backend_get_kinds (BijouLibraryKind kind)
{
  static const BijouItemKind movies[] = { BIJOU_ITEM_MOVIE, BIJOU_ITEM_UNKNOWN };
  static const BijouItemKind shows[] = { BIJOU_ITEM_SHOW, BIJOU_ITEM_SEASON, BIJOU_ITEM_EPISODE,
                                         BIJOU_ITEM_UNKNOWN };
  static const BijouItemKind videos[] = { BIJOU_ITEM_VIDEO, BIJOU_ITEM_UNKNOWN };
  static const BijouItemKind mixed[] = { BIJOU_ITEM_MOVIE,   BIJOU_ITEM_SHOW,  BIJOU_ITEM_SEASON,
                                         BIJOU_ITEM_EPISODE, BIJOU_ITEM_VIDEO, BIJOU_ITEM_UNKNOWN };
  static const BijouItemKind none[] = { BIJOU_ITEM_UNKNOWN };

  switch (kind)
    {
    case BIJOU_LIBRARY_MOVIES:
      return movies;
    case BIJOU_LIBRARY_SHOWS:
      return shows;
    case BIJOU_LIBRARY_VIDEOS:
      return videos;
    case BIJOU_LIBRARY_MIXED:
      return mixed;
    case BIJOU_LIBRARY_MUSIC:
    case BIJOU_LIBRARY_PHOTOS:
    case BIJOU_LIBRARY_OTHER:
    default:
      return none;
    }
}
