#include "bijou-test-film.h"

#include <gio/gnetworking.h>
#include <stdio.h>
#include <stdlib.h>

#define PART 65536

Film *
film_new_for_data (char *body, gint64 size)
{
  Film *film = g_new0 (Film, 1);

  film->size = size;
  film->etag = "\"one\"";
  film->body = body;
  film->made = g_get_monotonic_time ();
  film->past = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&film->lock);
  return film;
}

/* A body in which every byte tells where it is. */
Film *
film_new (gint64 size)
{
  char *body = g_malloc ((gsize) size);

  for (gint64 i = 0; i < size; i++)
    body[i] = (char) (i * 31 + (i >> 9) * 7 + (i >> 17));
  return film_new_for_data (body, size);
}

gint
film_get_age_ms (const Film *film)
{
  return (gint) ((g_get_monotonic_time () - film->made) / 1000);
}

char *
film_create_other_body (const Film *film)
{
  char *body = g_memdup2 (film->body, (gsize) film->size);

  for (gint64 i = 0; i < film->size; i++)
    body[i] ^= 0x55;
  return body;
}

void
film_replace (Film *film, char *body, gint64 size, const char *etag)
{
  g_mutex_lock (&film->lock);
  g_ptr_array_add (film->past, film->body);
  film->body = body;
  film->size = size;
  film->etag = etag;
  g_mutex_unlock (&film->lock);
}

void
film_set_validators (Film *film, const char *etag, const char *modified)
{
  g_mutex_lock (&film->lock);
  film->etag = etag;
  film->modified = modified;
  g_mutex_unlock (&film->lock);
}

void
film_set_turn (Film *film, FilmTurnFunc func, gpointer user_data, gint at)
{
  g_mutex_lock (&film->lock);
  film->turn = func;
  film->turn_data = user_data;
  film->turn_at = at;
  g_mutex_unlock (&film->lock);
}

void
film_free (Film *film)
{
  g_ptr_array_unref (film->past);
  g_mutex_clear (&film->lock);
  g_free (film->body);
  g_free (film);
}

static void
reset_connection (GSocketConnection *connection)
{
  struct linger now = { 1, 0 };

  setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET, SO_LINGER,
              &now, sizeof now);
}

/* Returns whether the client is still there. */
static gboolean
stall (GSocketConnection *connection, gint ms)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  return !g_socket_condition_timed_wait (socket, G_IO_IN | G_IO_HUP, (gint64) ms * 1000, NULL,
                                         NULL);
}

/* Returns whether the answer goes on. */
static gboolean
take_turn (GSocketConnection *connection, Film *film)
{
  FilmTurnFunc func;
  gpointer user_data;
  gint at;

  g_mutex_lock (&film->lock);
  func = film->turn;
  user_data = film->turn_data;
  at = film->turn_at;
  g_mutex_unlock (&film->lock);
  if (func == NULL || g_atomic_int_get (&film->served) < at ||
      !g_atomic_int_compare_and_exchange (&film->turned, 0, 1))
    return TRUE;

  switch (func (film, user_data))
    {
    case FILM_RESETS:
      reset_connection (connection);
      return FALSE;
    case FILM_STALLS:
      return stall (connection, film->stall_ms);
    case FILM_GOES_ON:
      return TRUE;
    case FILM_BREAKS_OFF:
    default:
      return FALSE;
    }
}

/* How many bytes may be written before something happens; 0: it does now. */
static gint64
get_allowance (Film *film, gint64 from, gint64 written)
{
  gint cut = g_atomic_int_get (&film->cut_after);
  gint hang = g_atomic_int_get (&film->hang_after);
  gint hang_at = g_atomic_int_get (&film->hang_at);
  gint64 most = PART;

  if (hang > 0)
    most = MIN (most, hang - written);
  if (hang_at > 0)
    most = MIN (most, MAX (hang_at - from, 0));
  if (cut > 0)
    most = MIN (most, cut - written);
  return most;
}

/* Returns whether the connection is kept. */
static gboolean
end_early (GSocketConnection *connection, Film *film)
{
  if (g_atomic_int_get (&film->cut_after) == 0)
    loopback_hang (connection);
  else if (g_atomic_int_get (&film->resets))
    reset_connection (connection);
  return FALSE;
}

static void
write_part (GSocketConnection *connection, Film *film, const char *data, gssize length)
{
  g_autofree char *size = g_strdup_printf ("%x\r\n", (guint) length);
  gboolean chunked = g_atomic_int_get (&film->no_range) && g_atomic_int_get (&film->chunked);

  if (chunked)
    loopback_write (connection, size, -1);
  loopback_write (connection, data, length);
  if (chunked)
    loopback_write (connection, "\r\n", -1);
  g_atomic_int_add (&film->served, (gint) length);
}

/* Returns whether the connection is kept. */
static gboolean
write_body (GSocketConnection *connection, Film *film, const char *body, gint64 from, gint64 to)
{
  gint64 start = from;

  while (from < to)
    {
      gint64 part = MIN (to - from, get_allowance (film, from, from - start));

      if (part <= 0)
        return end_early (connection, film);
      write_part (connection, film, body + from, (gssize) part);
      from += part;
      if (!take_turn (connection, film))
        return FALSE;
      if (g_atomic_int_get (&film->pace_us) > 0)
        g_usleep ((gulong) g_atomic_int_get (&film->pace_us));
    }
  return TRUE;
}

/* The film as one answer has it. */
typedef struct
{
  const char *body;
  gint64 size;
  const char *etag;
  const char *modified;
} Version;

static void
take_version (Film *film, Version *version)
{
  g_mutex_lock (&film->lock);
  version->body = film->body;
  version->size = film->size;
  version->etag = film->etag;
  version->modified = film->modified;
  g_mutex_unlock (&film->lock);
}

static void
write_head (GSocketConnection *connection, const Version *version, const char *format, ...)
{
  g_autoptr (GString) head = g_string_new ("HTTP/1.1 ");
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (head, format, arguments);
  va_end (arguments);
  if (version->etag != NULL)
    g_string_append_printf (head, "\r\nETag: %s", version->etag);
  if (version->modified != NULL)
    g_string_append_printf (head, "\r\nLast-Modified: %s", version->modified);
  g_string_append (head, "\r\n\r\n");
  loopback_write (connection, head->str, -1);
}

static gboolean
serve_whole (GSocketConnection *connection, Film *film, const Version *version)
{
  if (g_atomic_int_get (&film->chunked))
    {
      write_head (connection, version, "200 OK\r\nTransfer-Encoding: chunked");
      if (!write_body (connection, film, version->body, 0, version->size))
        return FALSE;
      loopback_write (connection, "0\r\n\r\n", -1);
      return TRUE;
    }
  if (g_atomic_int_get (&film->no_length))
    {
      write_head (connection, version, "200 OK\r\nConnection: close");
      write_body (connection, film, version->body, 0, version->size);
      return FALSE;
    }
  write_head (connection, version, "200 OK\r\nContent-Length: %" G_GINT64_FORMAT, version->size);
  return write_body (connection, film, version->body, 0, version->size);
}

/* Returns whether it was refused. */
static gboolean
refuse (GSocketConnection *connection, const LoopbackRequest *request, Film *film)
{
  const char *token = g_hash_table_lookup (request->headers, "x-token");
  guint status = 0;

  if (g_atomic_int_add (&film->status_count, -1) > 0)
    status = (guint) g_atomic_int_get (&film->status);
  else if (film_get_age_ms (film) < g_atomic_int_get (&film->unavailable_ms))
    status = 503;
  else if (token != NULL && strtol (token, NULL, 10) < g_atomic_int_get (&film->token))
    status = 401;
  if (status != 0)
    loopback_reply (connection, status, g_atomic_pointer_get (&film->status_extra), "", 0);
  return status != 0;
}

static gboolean
serve_range (
    GSocketConnection *connection, Film *film, const Version *version, gint64 from, gint64 to)
{
  if (g_atomic_int_get (&film->no_content_range))
    write_head (connection, version, "206 Partial\r\nContent-Length: %" G_GINT64_FORMAT, to - from);
  else
    write_head (connection, version,
                "206 Partial\r\nContent-Length: %" G_GINT64_FORMAT
                "\r\nContent-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                "/%" G_GINT64_FORMAT,
                to - from, from, to - 1, version->size);
  return write_body (connection, film, version->body, from, to);
}

static gboolean
refuse_range (GSocketConnection *connection, const Version *version)
{
  g_autofree char *head =
      g_strdup_printf ("Content-Range: bytes */%" G_GINT64_FORMAT "\r\n", version->size);

  loopback_reply (connection, 416, head, "", 0);
  return TRUE;
}

/* A LoopbackHandler; its data is the film. */
gboolean
film_serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Film *film = user_data;
  const char *range = g_hash_table_lookup (request->headers, "range");
  gint64 from = 0, to = -1;
  Version version;

  g_assert_cmpstr (request->method, ==, "GET");
  take_version (film, &version);
  if (refuse (connection, request, film))
    return TRUE;
  if (g_atomic_int_get (&film->no_range) || range == NULL)
    return serve_whole (connection, film, &version);

  sscanf (range, "bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &from, &to);
  if (from >= version.size)
    return refuse_range (connection, &version);
  to = to < 0 || to >= version.size ? version.size : to + 1;
  if (g_atomic_int_add (&film->lies, -1) > 0)
    {
      from = from / 2 + 1;
      to = MAX (to / 2, from + 1);
    }
  return serve_range (connection, film, &version, from, to);
}
