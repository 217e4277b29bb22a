#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Tolerant reading of what servers send: numbers as strings, booleans as "1", single objects where
 * an array belongs, nulls, missing members, bytes that are not UTF-8. A getter never fails and
 * never warns: what is absent or of a hopeless type is the default. Any thread. */

JsonNode *bijou_json_parse (const char *data, gssize length, GError **error);
JsonObject *bijou_json_parse_object (const char *data, gssize length, GError **error);

const char *bijou_json_get_string (JsonObject *object, const char *name);
char *bijou_json_dup_string (JsonObject *object, const char *name);
char *bijou_json_dup_text (JsonObject *object, const char *name);
gint64 bijou_json_get_int (JsonObject *object, const char *name, gint64 fallback);
double bijou_json_get_double (JsonObject *object, const char *name, double fallback);
gboolean bijou_json_get_boolean (JsonObject *object, const char *name, gboolean fallback);
gboolean bijou_json_has (JsonObject *object, const char *name);
JsonObject *bijou_json_get_object (JsonObject *object, const char *name);
GPtrArray *bijou_json_get_objects (JsonObject *object, const char *name);
char **bijou_json_dup_strings (JsonObject *object, const char *name, const char *member);
GPtrArray *bijou_json_node_get_objects (JsonNode *node);

char *bijou_json_to_text (JsonNode *node);

G_END_DECLS
