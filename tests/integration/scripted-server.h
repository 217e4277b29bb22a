#pragma once

#include "bijou-test-loopback.h"

G_BEGIN_DECLS

/* A server that answers as it is told and remembers what it was asked. */
typedef struct _ScriptedServer ScriptedServer;

/* A status: take the request and say nothing. */
#define HANG 0

ScriptedServer *scripted_server_new (void);
void scripted_server_free (ScriptedServer *self);
/* "http://127.0.0.1:PORT" */
const char *scripted_server_get_url (ScriptedServer *self);

/* To a "METHOD /path?query" that fits @glob; the rule that was given last wins, without one the
 * answer is 404. In a glob "?" is any character. */
void answer (
    ScriptedServer *self, const char *glob, guint status, const char *headers, const char *body);
void answer_json (ScriptedServer *self, const char *glob, const char *body);

/* What was asked is "METHOD /path?query", the Authorization header and the body, each on a line. */
guint count_seen (ScriptedServer *self, const char *glob);
char *dup_last (ScriptedServer *self, const char *glob);
/* How many URLs hold @text. */
guint count_seen_url (ScriptedServer *self, const char *text);

void assert_has (const char *text, const char *part);
void assert_has_not (const char *text, const char *part);

G_END_DECLS
