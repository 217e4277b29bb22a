#include "config.h"

#include "bijou-part-origin.h"

#include "bijou-weak.h"

struct _BijouPartOrigin
{
  GObject parent_instance;

  BijouBackend *backend; /* (owned) */
  BijouDetail *detail;   /* (owned) */
  BijouPart *part;       /* (unowned) of @detail */
  char *session_id;      /* (owned) */
  gulong changed_id;     /* of the connection */
};

static void bijou_part_origin_iface_init (BijouMediaOriginInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouPartOrigin,
                               bijou_part_origin,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_MEDIA_ORIGIN,
                                                      bijou_part_origin_iface_init))

static BijouHttpRequest *
bijou_part_origin_make_request (BijouMediaOrigin *origin, GCancellable *cancellable, GError **error)
{
  BijouPartOrigin *self = BIJOU_PART_ORIGIN (origin);

  return bijou_backend_make_part_request (self->backend, self->detail->item->remote_id, self->part,
                                          self->session_id, cancellable, error);
}

static void
bijou_part_origin_report_failure (BijouMediaOrigin *origin,
                                  const char *url,
                                  GError *error,
                                  GCancellable *cancellable)
{
  BijouPartOrigin *self = BIJOU_PART_ORIGIN (origin);

  bijou_connection_report_failure (bijou_backend_get_connection (self->backend), url, error);
  /* The question about the token brings a new one where there is one, for the next request. */
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    bijou_backend_check_token (self->backend, cancellable, NULL);
}

static gboolean
bijou_part_origin_confirm (BijouMediaOrigin *origin, const char *url, GCancellable *cancellable)
{
  BijouPartOrigin *self = BIJOU_PART_ORIGIN (origin);

  return bijou_connection_confirm (bijou_backend_get_connection (self->backend), url, cancellable);
}

static BijouHttpRequest *
bijou_part_origin_make_question (BijouMediaOrigin *origin, const char *url)
{
  BijouPartOrigin *self = BIJOU_PART_ORIGIN (origin);

  return bijou_connection_make_question (bijou_backend_get_connection (self->backend), url);
}

static void
bijou_part_origin_iface_init (BijouMediaOriginInterface *iface)
{
  iface->make_request = bijou_part_origin_make_request;
  iface->report_failure = bijou_part_origin_report_failure;
  iface->confirm = bijou_part_origin_confirm;
  iface->make_question = bijou_part_origin_make_question;
}

/* A race was won, be it for another address or on another network. The main context, while the
 * origin may be given up on another thread. */
static void
on_connection_changed_cb (BijouConnection *connection, gpointer user_data)
{
  g_autoptr (BijouMediaOrigin) self = g_weak_ref_get (user_data);

  if (self != NULL && bijou_connection_get_state (connection) == BIJOU_CONNECTION_CONNECTED)
    bijou_media_origin_emit_moved (self);
}

static void
bijou_part_origin_finalize (GObject *object)
{
  BijouPartOrigin *self = BIJOU_PART_ORIGIN (object);

  g_signal_handler_disconnect (bijou_backend_get_connection (self->backend), self->changed_id);
  g_object_unref (self->backend);
  g_object_unref (self->detail);
  g_free (self->session_id);

  G_OBJECT_CLASS (bijou_part_origin_parent_class)->finalize (object);
}

static void
bijou_part_origin_class_init (BijouPartOriginClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_part_origin_finalize;
}

static void
bijou_part_origin_init (BijouPartOrigin *self)
{
}

/**
 * bijou_part_origin_new:
 * @backend: the server
 * @detail: the item
 * @part: one of its parts
 * @session_id: the playback's identifier
 *
 * Returns: (transfer full): an origin
 */
BijouMediaOrigin *
bijou_part_origin_new (BijouBackend *backend,
                       BijouDetail *detail,
                       BijouPart *part,
                       const char *session_id)
{
  BijouPartOrigin *self = g_object_new (BIJOU_TYPE_PART_ORIGIN, NULL);

  self->backend = g_object_ref (backend);
  self->detail = g_object_ref (detail);
  self->part = part;
  self->session_id = g_strdup (session_id);
  self->changed_id = bijou_weak_connect (bijou_backend_get_connection (backend), "changed",
                                         G_CALLBACK (on_connection_changed_cb), self);
  return BIJOU_MEDIA_ORIGIN (self);
}

/**
 * bijou_part_origin_fill_key:
 * @detail: the item
 * @part: one of its parts
 * @key: (out): filled with texts that belong to @detail
 */
void
bijou_part_origin_fill_key (BijouDetail *detail, BijouPart *part, BijouCacheKey *key)
{
  key->server_id = detail->item->server_id;
  key->item_id = detail->item->remote_id;
  key->part_id = part->id;
  key->size = part->size > 0 ? part->size : -1;
  key->version = part->version_tag;
}
