#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-jellyfin-request.h"

#include <string.h>

#define IMAGE_QUALITY 90

static gboolean
is_word (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalpha (*p))
      return FALSE;
  return *text != '\0';
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strlen (text) < 7 && strspn (text, "0123456789") == strlen (text);
}

/* Lettering is transparent. For the rest JPEG is what every loader reads, and the smallest of what
 * servers make without being asked for WebP. */
static char *
make_image_path (const char *image, guint width, GError **error)
{
  g_auto (GStrv) words = g_strsplit (image, "/", 4);
  g_autofree char *id = words[0] != NULL ? bijou_jellyfin_normalise_id (words[0]) : NULL;
  g_autofree char *base = NULL;
  BijouQuery *query;

  if (id == NULL || g_strv_length (words) != 4 || !is_word (words[1]) || !is_number (words[2]))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "No such picture");
      return NULL;
    }
  base = g_strdup_printf ("/Items/%s/Images/%s/%s", id, words[1], words[2]);
  query = bijou_query_new (base);
  bijou_query_add (query, "tag", words[3]);
  bijou_query_add_int (query, "maxWidth", width);
  bijou_query_add_int (query, "quality", IMAGE_QUALITY);
  bijou_query_add (query, "format", g_str_equal (words[1], "Logo") ? "Png" : "Jpg");
  return bijou_query_end (query);
}

/* A proxy's error page must not be kept as a picture. */
static gboolean
check_is_image (BijouHttpResponse *response, GError **error)
{
  const char *type = bijou_http_response_get_header (response, "Content-Type");

  if (g_bytes_get_size (bijou_http_response_get_body (response)) > 0 &&
      (type == NULL ||
       (!g_str_has_prefix (type, "text/") && !g_str_has_prefix (type, "application/json"))))
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer is no picture");
  return FALSE;
}

GBytes *
bijou_jellyfin_backend_fetch_image (BijouBackend *backend,
                                    const char *image,
                                    guint width,
                                    GCancellable *cancellable,
                                    GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = make_image_path (image, width, error);
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  if (path == NULL)
    return NULL;
  request = bijou_jellyfin_backend_make_request (self, "GET", path, BIJOU_HTTP_IMAGE);
  response = bijou_jellyfin_backend_send (self, request, cancellable, error);
  if (response == NULL || !check_is_image (response, error))
    return NULL;
  return g_bytes_ref (bijou_http_response_get_body (response));
}

static BijouHttpRequest *
make_transfer (BijouJellyfinBackend *self,
               const char *path,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_backend_make_request (self, "GET", path, BIJOU_HTTP_TRANSFER);

  return bijou_connection_resolve (self->connection, request, cancellable, error);
}

static void
set_bad_key (GError **error)
{
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "No such file");
}

/* A part's key is ITEM/SOURCE: the parts of one film are items of their own. */
BijouHttpRequest *
bijou_jellyfin_backend_make_part_request (BijouBackend *backend,
                                          const char *remote_id,
                                          BijouPart *part,
                                          const char *session_id,
                                          GCancellable *cancellable,
                                          GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_auto (GStrv) words = g_strsplit (part->key != NULL ? part->key : "", "/", 2);
  g_autofree char *id = words[0] != NULL ? bijou_jellyfin_normalise_id (words[0]) : NULL;
  g_autofree char *base = NULL;
  g_autofree char *path = NULL;
  BijouQuery *query;

  if (id == NULL || words[1] == NULL || *words[1] == '\0')
    {
      set_bad_key (error);
      return NULL;
    }
  base = g_strdup_printf ("/Videos/%s/stream", id);
  query = bijou_query_new (base);
  bijou_query_add (query, "static", "true");
  bijou_query_add (query, "mediaSourceId", words[1]);
  bijou_query_add (query, "deviceId", self->device_id);
  bijou_query_add (query, "playSessionId", session_id);
  path = bijou_query_end (query);
  return make_transfer (self, path, cancellable, error);
}

/* The key is ITEM/SOURCE/INDEX/FORMAT. */
BijouHttpRequest *
bijou_jellyfin_backend_make_subtitle_request (BijouBackend *backend,
                                              BijouStream *stream,
                                              GCancellable *cancellable,
                                              GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_auto (GStrv) words = g_strsplit (stream->key, "/", 4);
  g_autofree char *id = words[0] != NULL ? bijou_jellyfin_normalise_id (words[0]) : NULL;
  g_autofree char *source = NULL;
  g_autofree char *path = NULL;

  if (id == NULL || g_strv_length (words) != 4 || !is_number (words[2]) || !is_word (words[3]))
    {
      set_bad_key (error);
      return NULL;
    }
  source = g_uri_escape_string (words[1], NULL, FALSE);
  path = g_strdup_printf ("/Videos/%s/%s/Subtitles/%s/0/Stream.%s", id, source, words[2], words[3]);
  return make_transfer (self, path, cancellable, error);
}
