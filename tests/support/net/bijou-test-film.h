#pragma once

#include "bijou-test-loopback.h"

G_BEGIN_DECLS

/**
 * Film:
 * A body on a server that serves ranges of it, and misbehaves on demand.
 */
typedef struct
{
  char *body; /* (owned) */
  gint64 size;
  const char *etag;
  gboolean no_range;
  gboolean no_length; /* with no_range: chunked, size unknown */
  gint status;        /* atomic: answers this instead, once for each count */
  gint status_count;  /* atomic */
  gint cut_after;     /* atomic: breaks each answer off after so many bytes, 0 never */
  gint hang_after;    /* atomic: stalls each answer after so many bytes, 0 never */
  gint served;        /* atomic: bytes written */
  gint64 last_from;
} Film;

Film *film_new (gint64 size);
void film_free (Film *film);
gboolean
film_serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data);

G_END_DECLS
