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

void
film_replace (Film *film, char *body, const char *etag)
{
  g_mutex_lock (&film->lock);
  g_ptr_array_add (film->past, film->body);
  film->body = body;
  film->etag = etag;
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
  if (film->turn == NULL || g_atomic_int_get (&film->served) < film->turn_at ||
      !g_atomic_int_compare_and_exchange (&film->turned, 0, 1))
    return TRUE;

  switch (film->turn (film, film->turn_data))
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
  else if (film->resets)
    reset_connection (connection);
  return FALSE;
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
      loopback_write (connection, body + from, (gssize) part);
      g_atomic_int_add (&film->served, (gint) part);
      from += part;
      if (!take_turn (connection, film))
        return FALSE;
      if (film->pace_us > 0)
        g_usleep ((gulong) film->pace_us);
    }
  return TRUE;
}

/* (transfer full): the head of an answer, and the bytes that go with it. */
static char *
begin_answer (Film *film, const char **body, const char *format, ...)
{
  g_autofree char *rest = NULL;
  char *head;
  va_list arguments;

  va_start (arguments, format);
  rest = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_mutex_lock (&film->lock);
  head = g_strdup_printf ("HTTP/1.1 %s\r\nETag: %s\r\n\r\n", rest, film->etag);
  *body = film->body;
  g_mutex_unlock (&film->lock);
  return head;
}

static gboolean
serve_whole (GSocketConnection *connection, Film *film)
{
  g_autofree char *head = NULL;
  const char *body;

  if (film->no_length)
    {
      loopback_write (connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", -1);
      write_body (connection, film, film->body, 0, film->size);
      return FALSE;
    }
  head = begin_answer (film, &body, "200 OK\r\nContent-Length: %" G_GINT64_FORMAT, film->size);
  loopback_write (connection, head, -1);
  return write_body (connection, film, body, 0, film->size);
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
    loopback_reply (connection, status, film->status_extra, "", 0);
  return status != 0;
}

static gboolean
serve_range (GSocketConnection *connection, Film *film, gint64 from, gint64 to)
{
  const char *body;
  g_autofree char *head = begin_answer (film, &body,
                                        "206 Partial\r\nContent-Length: %" G_GINT64_FORMAT
                                        "\r\nContent-Range: bytes %" G_GINT64_FORMAT
                                        "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                                        to - from, from, to - 1, film->size);

  loopback_write (connection, head, -1);
  return write_body (connection, film, body, from, to);
}

/* A LoopbackHandler; its data is the film. */
gboolean
film_serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Film *film = user_data;
  const char *range = g_hash_table_lookup (request->headers, "range");
  gint64 from = 0, to = -1;

  g_assert_cmpstr (request->method, ==, "GET");
  if (refuse (connection, request, film))
    return TRUE;
  if (film->no_range || range == NULL)
    return serve_whole (connection, film);

  sscanf (range, "bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &from, &to);
  film->last_from = from;
  if (from >= film->size)
    {
      g_autofree char *head =
          g_strdup_printf ("Content-Range: bytes */%" G_GINT64_FORMAT "\r\n", film->size);

      loopback_reply (connection, 416, head, "", 0);
      return TRUE;
    }
  to = to < 0 || to >= film->size ? film->size : to + 1;
  if (g_atomic_int_add (&film->lies, -1) > 0)
    {
      from = from / 2 + 1;
      to = MAX (to / 2, from + 1);
    }
  return serve_range (connection, film, from, to);
}
