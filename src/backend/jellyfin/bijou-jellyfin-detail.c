#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-jellyfin-request.h"
#include "bijou-json.h"

#define SIMILAR_ITEMS 12

/* What the rows of a list do not have by themselves. */
#define DETAIL_FIELDS ",People,Studios,MediaSources,Chapters,Path"

/* Some servers compare the whole library for it; a page does not wait for that. */
#define SIMILAR_PATIENCE_MS 400

/* What a page can do without: %FALSE only when the server is gone or the caller gave up. */
static gboolean
add_extra (BijouJellyfinBackend *self,
           BijouDetail *detail,
           const char *path,
           void (*add) (BijouDetail *detail, JsonNode *answer),
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_API, NULL, cancellable, &local);

  if (answer != NULL)
    {
      add (detail, answer);
      return TRUE;
    }
  if (bijou_error_is_cancelled (local) || bijou_error_is_transport (local) ||
      g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_debug ("Left out of a detail: %s", local->message);
  return TRUE;
}

/* A question that is asked beside the others and may stay without an answer. */
typedef struct
{
  GMainContext *context;     /* (owned) the asking thread's, for this question only */
  GCancellable *cancellable; /* (owned) */
  GCancellable *callers;     /* (owned) (nullable) */
  gulong handler;            /* on `callers` */
  BijouDetail *detail;       /* (unowned) */
  gboolean done;
} Aside;

static void
on_callers_cancelled_cb (GCancellable *callers, GCancellable *own)
{
  g_cancellable_cancel (own);
}

static void
on_similar_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Aside *aside = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response =
      bijou_http_send_finish (BIJOU_HTTP (source), result, &error);
  g_autoptr (JsonNode) answer = NULL;

  aside->done = TRUE;
  if (response != NULL && bijou_http_response_check (response, &error))
    answer = bijou_jellyfin_read_json (response, &error);
  if (answer != NULL)
    bijou_jellyfin_add_similar (aside->detail, answer);
  else
    g_debug ("No similar items: %s", error->message);
}

static char *
make_similar_path (BijouJellyfinBackend *self, const char *id)
{
  g_autofree char *base = g_strdup_printf ("/Items/%s/Similar", id);
  BijouQuery *query = bijou_jellyfin_backend_begin_query (self, base);

  bijou_query_add_int (query, "limit", SIMILAR_ITEMS);
  return bijou_query_end (query);
}

static Aside *
begin_similar (BijouJellyfinBackend *self, BijouDetail *detail, GCancellable *cancellable)
{
  g_autofree char *path = make_similar_path (self, detail->item->remote_id);
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_backend_make_request (self, "GET", path, BIJOU_HTTP_API);
  g_autoptr (BijouHttpRequest) resolved =
      bijou_connection_resolve (self->connection, request, cancellable, NULL);
  Aside *aside = g_new0 (Aside, 1);

  aside->context = g_main_context_new ();
  aside->cancellable = g_cancellable_new ();
  aside->detail = detail;
  if (cancellable != NULL)
    {
      aside->callers = g_object_ref (cancellable);
      aside->handler = g_cancellable_connect (cancellable, G_CALLBACK (on_callers_cancelled_cb),
                                              g_object_ref (aside->cancellable), g_object_unref);
    }
  aside->done = resolved == NULL;
  if (resolved == NULL)
    return aside;

  g_main_context_push_thread_default (aside->context);
  bijou_http_send_async (bijou_connection_get_http (self->connection), resolved, aside->cancellable,
                         on_similar_cb, aside);
  g_main_context_pop_thread_default (aside->context);
  return aside;
}

static gboolean
on_patience_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
end_similar (Aside *aside)
{
  g_autoptr (GSource) patience = g_timeout_source_new (SIMILAR_PATIENCE_MS);

  g_source_set_callback (patience, on_patience_cb, aside->cancellable, NULL);
  g_source_attach (patience, aside->context);
  g_main_context_push_thread_default (aside->context);
  while (!aside->done)
    g_main_context_iteration (aside->context, TRUE);
  g_main_context_pop_thread_default (aside->context);
  g_source_destroy (patience);

  if (aside->callers != NULL)
    g_cancellable_disconnect (aside->callers, aside->handler);
  g_clear_object (&aside->callers);
  g_clear_object (&aside->cancellable);
  g_main_context_unref (aside->context);
  g_free (aside);
}

static gboolean
fetch_extras (BijouJellyfinBackend *self,
              BijouDetail *detail,
              JsonObject *object,
              GCancellable *cancellable,
              GError **error)
{
  const char *id = detail->item->remote_id;
  g_autofree char *parts = g_strdup_printf ("/Videos/%s/AdditionalParts", id);
  g_autofree char *segments = g_strconcat ("/MediaSegments/", id, NULL);

  if (bijou_jellyfin_has_more_parts (object) &&
      !add_extra (self, detail, parts, bijou_jellyfin_add_parts, cancellable, error))
    return FALSE;
  return !bijou_item_kind_is_playable (detail->item->kind) ||
         add_extra (self, detail, segments, bijou_jellyfin_add_segments, cancellable, error);
}

BijouDetail *
bijou_jellyfin_backend_fetch_detail (BijouBackend *backend,
                                     const char *remote_id,
                                     GCancellable *cancellable,
                                     GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path =
      bijou_jellyfin_backend_make_path (self, "/Items/", remote_id, NULL, error);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (BijouDetail) detail = NULL;
  Aside *similar = NULL;
  gboolean whole;

  if (path == NULL)
    return NULL;
  answer = bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (answer))
    detail = bijou_jellyfin_parse_detail (json_node_get_object (answer), self->server_id);
  if (detail == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer is nothing to watch");
      return NULL;
    }

  if (detail->item->kind == BIJOU_ITEM_MOVIE || detail->item->kind == BIJOU_ITEM_SHOW)
    similar = begin_similar (self, detail, cancellable);
  whole = fetch_extras (self, detail, json_node_get_object (answer), cancellable, error);
  if (similar != NULL)
    end_similar (similar);
  return whole ? g_steal_pointer (&detail) : NULL;
}

/* Whether a file of it says that there are some; each item has to be asked alone for them. */
static gboolean
has_segments (JsonObject *object)
{
  g_autoptr (GPtrArray) sources = bijou_json_get_objects (object, "MediaSources");

  for (guint i = 0; i < sources->len; i++)
    if (bijou_json_get_boolean (g_ptr_array_index (sources, i), "HasSegments", FALSE))
      return TRUE;
  return FALSE;
}

/* GET /Items?ids=… */
GPtrArray *
bijou_jellyfin_backend_fetch_details (BijouBackend *backend,
                                      const char *const *remote_ids,
                                      GCancellable *cancellable,
                                      GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autoptr (GPtrArray) details = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *path = bijou_jellyfin_backend_make_items_path (self, remote_ids, DETAIL_FIELDS);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (path == NULL)
    return g_steal_pointer (&details);
  answer = bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;
  rows = JSON_NODE_HOLDS_OBJECT (answer)
             ? bijou_json_get_objects (json_node_get_object (answer), "Items")
             : NULL;
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      JsonObject *object = g_ptr_array_index (rows, i);
      g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, self->server_id);

      if (detail == NULL)
        continue;
      if (has_segments (object) && !fetch_extras (self, detail, object, cancellable, error))
        return NULL;
      g_ptr_array_add (details, g_steal_pointer (&detail));
    }
  return g_steal_pointer (&details);
}
