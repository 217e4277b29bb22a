#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouQuery:
 * Builds a query string; each name and value is percent-encoded.
 */
typedef struct _BijouQuery BijouQuery;

BijouQuery *bijou_query_new (const char *path);
void bijou_query_add (BijouQuery *self, const char *name, const char *value);
void bijou_query_add_int (BijouQuery *self, const char *name, gint64 value);
void bijou_query_add_raw (BijouQuery *self, const char *encoded);
char *bijou_query_end (BijouQuery *self);

char *bijou_url_join (const char *base, const char *path);
gboolean bijou_url_is_under (const char *url, const char *base);
gboolean bijou_url_same_origin (const char *a, const char *b);
char *bijou_url_resolve (const char *base, const char *reference);

G_END_DECLS
