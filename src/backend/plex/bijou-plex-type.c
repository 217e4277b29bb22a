#include "config.h"

#include "bijou-plex-auth.h"
#include "bijou-plex-backend.h"
#include "bijou-plex-client.h"
#include "bijou-plex-discovery.h"

static const BijouBackendType plex_type = {
  .id = BIJOU_PLEX_BACKEND_ID,
  .title = "Plex",
  .probe = {
    .path = "/identity",
    .accept = "application/json",
    .parse = bijou_plex_parse_identity,
  },
  .default_port = 32400,
  .discovery = {
    .backend = BIJOU_PLEX_BACKEND_ID,
    .port = BIJOU_PLEX_DISCOVERY_PORT,
    .multicast_group = BIJOU_PLEX_DISCOVERY_GROUP,
    .query = BIJOU_PLEX_DISCOVERY_QUERY,
    .parse = bijou_plex_parse_discovery,
  },
  .accepts_url = bijou_plex_accepts_url,
  .has_account = TRUE,
  .account_url = "https://plex.tv",
  .sign_in_token = bijou_plex_sign_in_token,
  .begin_code = bijou_plex_begin_code,
  .poll_code = bijou_plex_poll_code,
  .list_account_servers = bijou_plex_list_account_servers,
  .fetch_account_user = bijou_plex_fetch_account_user,
  .list_account_users = bijou_plex_list_home_users,
  .switch_account_user = bijou_plex_switch_home_user,
  .sign_out_account = bijou_plex_sign_out_account,
  .create = bijou_plex_backend_new,
};

/**
 * bijou_plex_get_type_info:
 *
 * Returns: (transfer none): the protocol of Plex Media Servers
 */
const BijouBackendType *
bijou_plex_get_type_info (void)
{
  return &plex_type;
}
