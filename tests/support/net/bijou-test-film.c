#include "bijou-test-film.h"

#include <stdio.h>

/* A body in which every byte tells where it is. */
Film *
film_new (gint64 size)
{
  Film *film = g_new0 (Film, 1);

  film->size = size;
  film->etag = "\"one\"";
  film->body = g_malloc ((gsize) size);
  for (gint64 i = 0; i < size; i++)
    film->body[i] = (char) (i * 31 + (i >> 9) * 7 + (i >> 17));
  return film;
}

void
film_free (Film *film)
{
  g_free (film->body);
  g_free (film);
}

/* Returns whether the connection is kept. */
static gboolean
write_body (GSocketConnection *connection, Film *film, gint64 from, gint64 to)
{
  gint cut = g_atomic_int_get (&film->cut_after);
  gint hang = g_atomic_int_get (&film->hang_after);

  while (from < to)
    {
      gint64 part = MIN (to - from, 65536);

      if (hang > 0)
        part = MIN (part, hang);
      if (cut > 0)
        part = MIN (part, cut);
      loopback_write (connection, film->body + from, (gssize) part);
      g_atomic_int_add (&film->served, (gint) part);
      from += part;
      if (cut > 0 && (cut -= (gint) part) <= 0)
        return FALSE;
      if (hang > 0 && (hang -= (gint) part) <= 0)
        {
          loopback_hang (connection);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
serve_whole (GSocketConnection *connection, Film *film)
{
  g_autofree char *head = NULL;

  if (film->no_length)
    {
      loopback_write (connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", -1);
      write_body (connection, film, 0, film->size);
      return FALSE;
    }
  head = g_strdup_printf ("HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Length: %" G_GINT64_FORMAT
                          "\r\n\r\n",
                          film->etag, film->size);
  loopback_write (connection, head, -1);
  return write_body (connection, film, 0, film->size);
}

/* A LoopbackHandler; its data is the film. */
gboolean
film_serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Film *film = user_data;
  const char *range = g_hash_table_lookup (request->headers, "range");
  g_autofree char *head = NULL;
  gint64 from = 0, to = -1;

  g_assert_cmpstr (request->method, ==, "GET");
  if (g_atomic_int_add (&film->status_count, -1) > 0)
    {
      loopback_reply (connection, (guint) g_atomic_int_get (&film->status), NULL, "", 0);
      return TRUE;
    }
  if (film->no_range)
    return serve_whole (connection, film);

  g_assert_nonnull (range);
  sscanf (range, "bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &from, &to);
  film->last_from = from;
  if (from >= film->size)
    {
      head = g_strdup_printf ("Content-Range: bytes */%" G_GINT64_FORMAT "\r\n", film->size);
      loopback_reply (connection, 416, head, "", 0);
      return TRUE;
    }
  to = to < 0 || to >= film->size ? film->size : to + 1;
  head = g_strdup_printf ("HTTP/1.1 206 Partial\r\nETag: %s\r\nContent-Length: %" G_GINT64_FORMAT
                          "\r\nContent-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                          "/%" G_GINT64_FORMAT "\r\n\r\n",
                          film->etag, to - from, from, to - 1, film->size);
  loopback_write (connection, head, -1);
  return write_body (connection, film, from, to);
}
