/* A server of films that nobody stored, in a process of its own. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the server did for one film so far. */
typedef struct
{
  gint64 requests;
  gint64 bytes; /* sent */
  gint64 twice; /* of them, sent before */
} FilmServerLog;

/* The process: prints its port in a line and serves until its input ends.
 *
 * `/NAME/SIZE/RATE/DELAY`: a film of SIZE bytes, at RATE bytes per second for each answer (0: as
 * fast as it goes), on a link whose round trip takes DELAY ms: connecting costs one, which the
 * first request of a connection pays, and each request one.
 * `/log/NAME`: what was done for the film. */
int film_server_main (void);

/* What the film holds from @offset on; the same for every film. At least 256 KiB of it. */
const guint8 *film_server_get_bytes (gint64 offset);

/* Asks a server at @base, on a connection that nobody else uses. */
void film_server_read_log (const char *base, const char *name, FilmServerLog *log);

G_END_DECLS
