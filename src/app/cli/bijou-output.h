#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * BijouOutput:
 * Standard output of the command line: one JSON object a line, or a table for people. One thread.
 */
typedef struct _BijouOutput BijouOutput;

BijouOutput *bijou_output_new (gboolean json);
void bijou_output_free (BijouOutput *self);
/* The columns of the table, names of members; a static array ended by NULL. */
void bijou_output_set_columns (BijouOutput *self, const char *const *columns);
void bijou_output_add (BijouOutput *self, JsonBuilder *builder);
void bijou_output_end (BijouOutput *self);

/* A progress line on the terminal; nothing where there is none. */
void bijou_output_progress (BijouOutput *self, const char *what, gint64 done, gint64 total);
/* The same of bytes. */
void bijou_output_progress_bytes (BijouOutput *self, const char *what, gint64 done, gint64 total);

void bijou_output_member_text (JsonBuilder *builder, const char *name, const char *value);
void bijou_output_member_int (JsonBuilder *builder, const char *name, gint64 value, gint64 absent);
void bijou_output_member_double (JsonBuilder *builder, const char *name, double value);
void bijou_output_member_boolean (JsonBuilder *builder, const char *name, gboolean value);
void bijou_output_member_time (JsonBuilder *builder, const char *name, gint64 unix_seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouOutput, bijou_output_free)

G_END_DECLS
