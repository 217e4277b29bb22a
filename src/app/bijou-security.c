#include "config.h"

#include "bijou-security.h"

#define CA_FILE "ca-file"
#define INSECURE "insecure-connections"

static void
race_again (BijouBackends *backends)
{
  g_autoptr (GPtrArray) list = bijou_backends_list (backends);

  for (guint i = 0; i < list->len; i++)
    bijou_connection_network_changed (bijou_backend_get_connection (g_ptr_array_index (list, i)));
}

static void
apply_insecure (GSettings *settings, BijouHttp *http)
{
  g_autofree char *text = g_settings_get_string (settings, INSECURE);

  bijou_http_set_insecure (http, g_str_equal (text, "never") ? BIJOU_INSECURE_NEVER
                                                             : BIJOU_INSECURE_LOCAL);
}

/* A file that was moved away must not keep the program from its start. */
static void
apply_ca_file (GSettings *settings, BijouHttp *http)
{
  g_autofree char *file = g_settings_get_string (settings, CA_FILE);
  g_autoptr (GError) error = NULL;

  if (!bijou_http_set_ca_file (http, *file != '\0' ? file : NULL, &error))
    g_message ("The certificates are not used: %s", error->message);
}

static void
on_changed_cb (GSettings *settings, const char *key, BijouBackends *backends)
{
  BijouHttp *http = g_object_get_data (G_OBJECT (settings), "bijou-http");

  if (g_str_equal (key, INSECURE))
    apply_insecure (settings, http);
  else
    apply_ca_file (settings, http);
  race_again (backends);
}

/**
 * bijou_security_begin:
 * @settings: the settings of the profile
 * @backends: whose connections look again when something changes
 * @http: the client
 * @ca_file: (nullable): what the command line says; it holds in place of the setting
 * @error: return location
 *
 * Main thread.
 *
 * Returns: %FALSE with %BIJOU_ERROR_USAGE when there is no certificate in @ca_file
 */
gboolean
bijou_security_begin (GSettings *settings,
                      BijouBackends *backends,
                      BijouHttp *http,
                      const char *ca_file,
                      GError **error)
{
  g_object_set_data_full (G_OBJECT (settings), "bijou-http", g_object_ref (http), g_object_unref);
  apply_insecure (settings, http);
  g_signal_connect_object (settings, "changed::" INSECURE, G_CALLBACK (on_changed_cb), backends, 0);
  if (ca_file != NULL)
    return bijou_http_set_ca_file (http, ca_file, error);

  apply_ca_file (settings, http);
  g_signal_connect_object (settings, "changed::" CA_FILE, G_CALLBACK (on_changed_cb), backends, 0);
  return TRUE;
}
