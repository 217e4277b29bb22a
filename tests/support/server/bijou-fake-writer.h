/* A writer for answers in both protocols: JSON, or the XML which Plex speaks by default.
 *
 * In XML scalars are attributes and array elements are child elements, so write all scalars of an
 * object before its arrays and objects. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FakeWriter FakeWriter;

typedef enum
{
  FAKE_WRITER_JSON = 0,
  FAKE_WRITER_XML = 1 << 0,
  /* Numbers and booleans as strings, a lone object instead of an array, nulls. */
  FAKE_WRITER_DRIFT = 1 << 1,
  /* Jellyfin escapes everything outside of plain ASCII. */
  FAKE_WRITER_ASCII = 1 << 2,
} FakeWriterFlags;

FakeWriter *fake_writer_new (FakeWriterFlags flags);
void fake_writer_free (FakeWriter *self);
GString *fake_writer_finish (FakeWriter *self);
gboolean fake_writer_is_xml (FakeWriter *self);

/* name is the JSON key, or NULL inside of an array; element is the XML name. */
void fake_object (FakeWriter *self, const char *name, const char *element);
void fake_array (FakeWriter *self, const char *name);
void fake_end (FakeWriter *self);

void fake_str (FakeWriter *self, const char *name, const char *value);
void fake_strf (FakeWriter *self, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);
void fake_int (FakeWriter *self, const char *name, gint64 value);
void fake_real (FakeWriter *self, const char *name, double value);
void fake_bool (FakeWriter *self, const char *name, gboolean value);
void fake_null (FakeWriter *self, const char *name);
/* Nothing for NULL or zero: how Plex leaves out what is not set. */
void fake_opt_str (FakeWriter *self, const char *name, const char *value);
void fake_opt_int (FakeWriter *self, const char *name, gint64 value);
void fake_opt_real (FakeWriter *self, const char *name, double value);

void fake_append_json_string (GString *out, const char *text, gboolean ascii);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeWriter, fake_writer_free)

G_END_DECLS
