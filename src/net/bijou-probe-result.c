#include "config.h"

#include "bijou-connection-private.h"
#include "bijou-connection-race.h"

/**
 * bijou_probe_result_free:
 * @self: (transfer full): a result
 */
void
bijou_probe_result_free (BijouProbeResult *self)
{
  bijou_address_free (self->address);
  g_clear_error (&self->error);
  g_free (self);
}

static BijouProbeResult *
create_probe_result (const BijouAddress *address, GPtrArray *entrants, const char *current)
{
  BijouProbeResult *result = g_new0 (BijouProbeResult, 1);

  result->address = bijou_address_copy (address);
  result->ms = -1;
  result->in_use = g_strcmp0 (current, address->url) == 0;
  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];

      if (!g_str_equal (entrant->url, address->url))
        continue;
      result->tested = entrant->state != BIJOU_ENTRANT_UNTESTED;
      result->ms = bijou_entrant_get_ms (entrant);
      result->error = entrant->error == NULL ? NULL : g_error_copy (entrant->error);
    }
  return result;
}

/**
 * bijou_probe_results_new:
 * @addresses: (element-type BijouAddress): the addresses
 * @entrants: (element-type BijouEntrant): what a race showed of them
 * @current: (nullable): the address in use
 *
 * Returns: (transfer full) (element-type BijouProbeResult): one result for each address
 */
GPtrArray *
bijou_probe_results_new (GPtrArray *addresses, GPtrArray *entrants, const char *current)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_probe_result_free);

  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (results, create_probe_result (addresses->pdata[i], entrants, current));
  return results;
}
