#include "config.h"

#include "bijou-jellyfin-parse.h"

#include "bijou-jellyfin-request.h"
#include "bijou-json.h"

#define ID_A "0123456789abcdef0123456789abcdef"
#define ID_B "abcdef0123456789abcdef0123456789"
#define ID_C "11111111222222223333333344444444"
#define DASHED_A "01234567-89AB-CDEF-0123-456789ABCDEF"

/* The samples are written with single quotes to be readable here. */
static JsonNode *
parse_node (const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;
  JsonNode *node = bijou_json_parse (json, -1, &error);

  g_assert_no_error (error);
  return node;
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = parse_node (text);

  return json_node_dup_object (node);
}

static BijouItem *
parse_item (const char *text)
{
  g_autoptr (JsonObject) object = parse (text);

  return bijou_jellyfin_parse_item (object, "server", BIJOU_ITEM_UNKNOWN);
}

static void
test_id (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { ID_A, ID_A },
    { DASHED_A, ID_A },
    { "0123456789ABCDEF0123456789ABCDEF", ID_A },
    { NULL, NULL },
    { "", NULL },
    { "0123", NULL },
    { ID_A "0", NULL },
    { "g123456789abcdef0123456789abcdef", NULL },
    { "00000000-0000-0000-0000-000000000000", NULL },
    { "00000000000000000000000000000001", "00000000000000000000000000000001" },
    { "../../Users/Me?", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = bijou_jellyfin_normalise_id (cases[i].text);

      g_assert_cmpstr (id, ==, cases[i].expected);
    }
}

static void
test_ticks (void)
{
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (0), ==, 0);
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (10000), ==, 1);
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (6000230000), ==, 600023);
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (-50000), ==, 0);
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (G_MAXINT64), ==, 0);
  g_assert_cmpint (bijou_jellyfin_ticks_to_ms (G_MININT64), ==, 0);
}

static void
test_movie (void)
{
  g_autoptr (BijouItem) item = parse_item (
      "{'Name':'Night Ferry','OriginalTitle':'Nachtf\\u00E4hre','SortName':'night ferry',"
      "'Id':'" DASHED_A "','Type':'Movie','MediaType':'Video','LocationType':'FileSystem',"
      "'Etag':'e1','Overview':'A crossing.','Taglines':['One night.'],'Genres':['Drama','Sea'],"
      "'OfficialRating':'PG','CommunityRating':7.25,'RunTimeTicks':54000000000,"
      "'ProductionYear':2019,'PremiereDate':'2019-05-04T00:00:00.0000000Z',"
      "'DateCreated':'2021-06-19T10:00:00.0000000Z','Width':1920,'Height':800,"
      "'ChannelId':null,'ImageTags':{'Primary':'p','Logo':'l','Thumb':'t'},"
      "'BackdropImageTags':['b0','b1'],"
      "'UserData':{'PlaybackPositionTicks':600000000,'PlayCount':2,'IsFavorite':true,"
      "'Played':true,'LastPlayedDate':'2022-01-01T00:00:10.0000000Z','Rating':8}}");

  g_assert_nonnull (item);
  g_assert_cmpint (item->kind, ==, BIJOU_ITEM_MOVIE);
  g_assert_cmpstr (item->server_id, ==, "server");
  g_assert_cmpstr (item->remote_id, ==, ID_A);
  g_assert_cmpstr (item->title, ==, "Night Ferry");
  g_assert_cmpstr (item->sort_title, ==, "night ferry");
  g_assert_cmpstr (item->original_title, ==, "Nachtfähre");
  g_assert_cmpstr (item->overview, ==, "A crossing.");
  g_assert_cmpstr (item->tagline, ==, "One night.");
  g_assert_cmpstr (item->content_rating, ==, "PG");
  g_assert_cmpuint (g_strv_length (item->genres), ==, 2);
  g_assert_cmpint (item->year, ==, 2019);
  g_assert_cmpstr (item->released, ==, "2019-05-04");
  g_assert_cmpint (item->added_at, ==, 1624096800);
  g_assert_cmpstr (item->version_tag, ==, "e1");
  g_assert_cmpint (item->duration_ms, ==, 5400000);
  g_assert_cmpfloat (item->rating, ==, 7.25);
  g_assert_cmpfloat (item->user_rating, ==, 8);
  g_assert_cmpint (item->video_height, ==, 1080);
  g_assert_true (item->has_media);
  g_assert_cmpint (item->season, ==, -1);
  g_assert_cmpint (item->episode, ==, -1);
  g_assert_cmpstr (item->poster, ==, ID_A "/Primary/0/p");
  g_assert_cmpstr (item->still, ==, ID_A "/Thumb/0/t");
  g_assert_cmpstr (item->backdrop, ==, ID_A "/Backdrop/0/b0");
  g_assert_cmpstr (item->logo, ==, ID_A "/Logo/0/l");
  g_assert_cmpint (item->position_ms, ==, 60000);
  g_assert_true (item->watched);
  g_assert_true (item->favourite);
  g_assert_cmpint (item->play_count, ==, 2);
  g_assert_cmpint (item->last_played_at, ==, 1640995210);
}

static void
test_episode (void)
{
  g_autoptr (BijouItem) item = parse_item (
      "{'Name':'Two in One','Id':'" ID_A "','Type':'Episode','MediaType':'Video',"
      "'SeriesId':'" ID_B "','SeasonId':'" ID_C "','SeriesName':'A Show','ParentIndexNumber':0,"
      "'IndexNumber':3,'IndexNumberEnd':4,'ImageTags':{'Primary':'own'},"
      "'SeriesPrimaryImageTag':'show','ParentBackdropItemId':'" ID_B "',"
      "'ParentBackdropImageTags':['back'],'ParentLogoItemId':'" ID_B
      "','ParentLogoImageTag':'logo',"
      "'ParentThumbItemId':'" ID_B "','ParentThumbImageTag':'thumb'}");

  g_assert_nonnull (item);
  g_assert_cmpstr (item->show_id, ==, ID_B);
  g_assert_cmpstr (item->parent_id, ==, ID_C);
  g_assert_cmpstr (item->show_title, ==, "A Show");
  g_assert_cmpint (item->season, ==, 0);
  g_assert_cmpint (item->episode, ==, 3);
  g_assert_cmpint (item->episode_end, ==, 4);
  g_assert_cmpstr (item->poster, ==, ID_B "/Primary/0/show");
  g_assert_cmpstr (item->still, ==, ID_A "/Primary/0/own");
  g_assert_cmpstr (item->backdrop, ==, ID_B "/Backdrop/0/back");
  g_assert_cmpstr (item->logo, ==, ID_B "/Logo/0/logo");
}

static void
test_episode_bare (void)
{
  g_autoptr (BijouItem) item = parse_item (
      "{'Name':'Lost','Id':'" ID_A "','Type':'Episode','LocationType':'Virtual','SeasonId':null,"
      "'SeriesId':'00000000-0000-0000-0000-000000000000','ImageTags':null,"
      "'BackdropImageTags':null,'UserData':null,'ParentThumbItemId':'" ID_B "',"
      "'ParentThumbImageTag':'thumb'}");

  g_assert_nonnull (item);
  g_assert_null (item->show_id);
  g_assert_null (item->parent_id);
  g_assert_null (item->poster);
  g_assert_null (item->backdrop);
  g_assert_cmpstr (item->still, ==, ID_B "/Thumb/0/thumb");
  g_assert_cmpint (item->season, ==, -1);
  g_assert_cmpint (item->episode, ==, -1);
  g_assert_false (item->has_media);
  g_assert_false (item->watched);
  g_assert_cmpint (item->added_at, ==, 0);
}

static void
test_season_and_show (void)
{
  g_autoptr (BijouItem) season = parse_item (
      "{'Name':'Specials','Id':'" ID_A "','Type':'Season','SeriesId':'" ID_B "','IndexNumber':0,"
      "'LocationType':'Virtual','SeriesPrimaryImageTag':'show','ChildCount':2,"
      "'UserData':{'UnplayedItemCount':1,'PlaybackPositionTicks':500000}}");
  g_autoptr (BijouItem) show = parse_item (
      "{'Name':'The Show','Id':'" ID_B "','Type':'Series','IsFolder':true,'ChildCount':3,"
      "'RecursiveItemCount':30,'UserData':{'UnplayedItemCount':29,'Played':false}}");

  g_assert_cmpint (season->kind, ==, BIJOU_ITEM_SEASON);
  g_assert_cmpint (season->season, ==, 0);
  g_assert_cmpstr (season->show_id, ==, ID_B);
  g_assert_cmpstr (season->parent_id, ==, ID_B);
  g_assert_cmpstr (season->poster, ==, ID_B "/Primary/0/show");
  g_assert_cmpint (season->children, ==, 2);
  g_assert_cmpint (season->unwatched, ==, 1);
  g_assert_cmpint (season->position_ms, ==, 0);
  g_assert_false (season->has_media);

  g_assert_cmpint (show->kind, ==, BIJOU_ITEM_SHOW);
  g_assert_cmpint (show->seasons, ==, 3);
  g_assert_cmpint (show->children, ==, 30);
  g_assert_cmpint (show->unwatched, ==, 29);
  g_assert_cmpstr (show->sort_title, ==, "Show");
}

/* Everything that may be of another type than the schema says. */
static void
test_wrong_types (void)
{
  g_autoptr (BijouItem) item = parse_item (
      "{'Name':12,'Id':'" ID_A "','Type':'Movie','RunTimeTicks':'54000000000',"
      "'ProductionYear':'2001','CommunityRating':'6.5','IndexNumber':{},'Genres':'Drama',"
      "'Overview':['x'],'ImageTags':[],'BackdropImageTags':'b','PremiereDate':20010101,"
      "'Width':-5,'Height':'x','Etag':{},"
      "'UserData':[{'Played':'1','PlayCount':'3','PlaybackPositionTicks':-1,"
      "'IsFavorite':1,'LastPlayedDate':'0001-01-01T00:00:00.0000000Z'}]}");

  g_assert_nonnull (item);
  g_assert_nonnull (item->title);
  g_assert_cmpstr (item->title, !=, "");
  g_assert_cmpint (item->duration_ms, ==, 5400000);
  g_assert_cmpint (item->year, ==, 2001);
  g_assert_cmpfloat (item->rating, ==, 6.5);
  g_assert_cmpstr (item->genres[0], ==, "Drama");
  g_assert_null (item->overview);
  g_assert_null (item->poster);
  g_assert_cmpstr (item->backdrop, ==, ID_A "/Backdrop/0/b");
  g_assert_null (item->released);
  g_assert_cmpint (item->video_height, ==, 0);
  g_assert_true (item->watched);
  g_assert_true (item->favourite);
  g_assert_cmpint (item->play_count, ==, 3);
  g_assert_cmpint (item->position_ms, ==, 0);
  g_assert_cmpint (item->last_played_at, ==, 0);
}

static void
test_odd_values (void)
{
  g_autoptr (BijouItem) item =
      parse_item ("{'Id':'" ID_A "','Type':'Movie','RunTimeTicks':9223372036854775807,"
                  "'ProductionYear':-44,'PremiereDate':'0001-01-01T00:00:00.0000000Z',"
                  "'DateCreated':'0001-01-01T00:00:00.0000000Z','CommunityRating':1e300,"
                  "'IndexNumber':99999999999,'UserData':{'Rating':55,'PlayCount':-2}}");

  g_assert_nonnull (item);
  g_assert_cmpstr (item->title, !=, "");
  g_assert_cmpstr (item->sort_title, !=, "");
  g_assert_cmpint (item->duration_ms, ==, 0);
  g_assert_cmpint (item->year, ==, -1);
  g_assert_null (item->released);
  g_assert_cmpint (item->added_at, ==, 0);
  g_assert_cmpfloat (item->rating, ==, -1);
  g_assert_cmpfloat (item->user_rating, ==, -1);
  g_assert_cmpint (item->play_count, ==, 0);
}

static void
test_year_from_date (void)
{
  g_autoptr (BijouItem) item =
      parse_item ("{'Id':'" ID_A "','Type':'Movie','PremiereDate':'1968-04-02T00:00:00.0000000Z'}");

  g_assert_cmpint (item->year, ==, 1968);
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *text;
    BijouItemKind kind;
  } cases[] = {
    { "'Type':'BoxSet'", BIJOU_ITEM_COLLECTION },
    { "'Type':'Playlist','MediaType':'Video'", BIJOU_ITEM_PLAYLIST },
    { "'Type':'MusicVideo','MediaType':'Video'", BIJOU_ITEM_VIDEO },
    { "'Type':'Trailer'", BIJOU_ITEM_VIDEO },
    { "'Type':'series'", BIJOU_ITEM_SHOW },
    { "'Type':'Hologram','MediaType':'Video'", BIJOU_ITEM_VIDEO },
    { "'Type':'Hologram','MediaType':'Video','SeriesId':'" ID_B "'", BIJOU_ITEM_EPISODE },
    { "'Type':'Hologram','MediaType':'Video','IsFolder':true", BIJOU_ITEM_UNKNOWN },
    { "'Type':'Photo','MediaType':'Photo'", BIJOU_ITEM_UNKNOWN },
    { "'Type':'Audio','MediaType':'Audio'", BIJOU_ITEM_UNKNOWN },
    { "'Type':7", BIJOU_ITEM_UNKNOWN },
    { "'Name':'x'", BIJOU_ITEM_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'Id':'" ID_A "',%s}", cases[i].text);
      g_autoptr (BijouItem) item = parse_item (text);

      g_assert_cmpint (item != NULL ? item->kind : BIJOU_ITEM_UNKNOWN, ==, cases[i].kind);
    }
}

static void
test_video_images (void)
{
  g_autoptr (BijouItem) item =
      parse_item ("{'Id':'" ID_A "','Type':'Video','Name':'Beach','ImageTags':{'Primary':'p'}}");

  g_assert_cmpstr (item->poster, ==, ID_A "/Primary/0/p");
  g_assert_cmpstr (item->still, ==, ID_A "/Primary/0/p");
}

static void
test_page (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = parse_node (
      "{'Items':[{'Id':'" ID_A "','Type':'Movie','Name':'One'},{'Type':'Movie','Name':'No id'},"
      "null,'text',{'Id':'" ID_B "','Type':'Photo','MediaType':'Photo'},{'Id':'" ID_C
      "','Type':'Hologram',"
      "'Name':'Two'}],'TotalRecordCount':'17','StartIndex':0}");
  guint received = 0;
  g_autoptr (GPtrArray) items = NULL;
  BijouItem *last;

  items =
      bijou_jellyfin_parse_items (answer, "server", "library", BIJOU_ITEM_MOVIE, &received, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (received, ==, 6);
  g_assert_cmpuint (items->len, ==, 2);
  last = g_ptr_array_index (items, 1);
  g_assert_cmpstr (last->title, ==, "Two");
  g_assert_cmpstr (last->library_id, ==, "library");
  g_assert_cmpint (bijou_jellyfin_parse_total (answer, received), ==, 17);
  g_assert_cmpint (bijou_jellyfin_parse_total (answer, 18), ==, -1);
}

static void
check_no_list (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = parse_node (text);

  g_assert_nonnull (answer);
  g_assert_null (
      bijou_jellyfin_parse_items (answer, "server", NULL, BIJOU_ITEM_UNKNOWN, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

/* An answer without a list is not an empty library. */
static void
test_page_without_list (void)
{
  check_no_list ("{}");
  check_no_list ("{'TotalRecordCount':0}");
  check_no_list ("{'Items':null}");
  check_no_list ("{'Items':'none'}");
  check_no_list ("{'Items':5}");
}

static void
test_bare_array (void)
{
  g_autoptr (JsonNode) answer = parse_node ("[{'Id':'" ID_A "','Type':'Movie','Name':'One'}]");
  g_autoptr (JsonNode) single =
      parse_node ("{'Items':{'Id':'" ID_A "','Type':'Movie','Name':'One'}}");
  guint received = 0;
  g_autoptr (GPtrArray) items =
      bijou_jellyfin_parse_items (answer, "server", NULL, BIJOU_ITEM_UNKNOWN, &received, NULL);
  g_autoptr (GPtrArray) one =
      bijou_jellyfin_parse_items (single, "server", NULL, BIJOU_ITEM_UNKNOWN, NULL, NULL);

  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpuint (received, ==, 1);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpint (bijou_jellyfin_parse_total (answer, 1), ==, -1);
}

static void
test_latin1 (void)
{
  g_autoptr (BijouItem) item =
      parse_item ("{'Id':'" ID_A "','Type':'Movie','Name':'Caf\xe9 \xff'}");

  g_assert_true (g_utf8_validate (item->title, -1, NULL));
  g_assert_cmpstr (item->title, ==, "Café ÿ");
}

static void
test_libraries (void)
{
  static const BijouLibraryKind kinds[] = { BIJOU_LIBRARY_MOVIES, BIJOU_LIBRARY_SHOWS,
                                            BIJOU_LIBRARY_VIDEOS, BIJOU_LIBRARY_VIDEOS,
                                            BIJOU_LIBRARY_MIXED,  BIJOU_LIBRARY_MUSIC,
                                            BIJOU_LIBRARY_PHOTOS, BIJOU_LIBRARY_OTHER,
                                            BIJOU_LIBRARY_OTHER };
  static const char *types[] = { "movies", "tvshows", "homevideos", "musicvideos", NULL,
                                 "music",  "photos",  "livetv",     "holograms" };
  g_autoptr (GString) text = g_string_new ("{'Items':[");
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GPtrArray) libraries = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_string_append_printf (text, "{'Id':'%032x','Name':'View %u'", i + 1, i);
      if (types[i] != NULL)
        g_string_append_printf (text, ",'CollectionType':'%s'", types[i]);
      g_string_append (text, "},");
    }
  g_string_append (text, "{'Id':'" ID_A "','CollectionType':'boxsets'},"
                         "{'Id':'" ID_B "','CollectionType':'playlists'},{'Name':'No id'}]}");
  answer = parse_node (text->str);
  libraries = bijou_jellyfin_parse_libraries (answer, "server", NULL);
  g_assert_cmpuint (libraries->len, ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      g_assert_cmpint (library->kind, ==, kinds[i]);
    }
}

static void
test_libraries_missing (void)
{
  g_autoptr (JsonNode) answer = parse_node ("{'error':'x'}");
  g_autoptr (GError) error = NULL;

  g_assert_null (bijou_jellyfin_parse_libraries (answer, "server", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_identity (void)
{
  g_autoptr (JsonObject) good =
      parse ("{'ServerName':'attic','Version':'12.0.0','ProductName':'Jellyfin Server',"
             "'Id':'" DASHED_A "','StartupWizardCompleted':true}");
  g_autoptr (JsonObject) starting =
      parse ("{'serverName':'attic','version':'10.11.0','id':'" ID_A "'}");
  g_autoptr (JsonObject) other = parse ("{'ServerName':'e','Version':'4.8.0.0','Id':'" ID_A "'}");
  BijouIdentity identity = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (bijou_jellyfin_parse_identity (good, &identity, &error));
  g_assert_cmpstr (identity.server_id, ==, ID_A);
  g_assert_cmpstr (identity.name, ==, "attic");
  g_assert_cmpstr (identity.version, ==, "12.0.0");
  bijou_identity_clear (&identity);

  g_assert_false (bijou_jellyfin_parse_identity (starting, &identity, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&error);
  g_assert_false (bijou_jellyfin_parse_identity (other, &identity, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

#define DETAIL                                                                                     \
  "{'Id':'" ID_A "','Type':'Movie','Name':'Film','RunTimeTicks':6000000000,'PartCount':2,"         \
  "'Studios':[{'Name':'S1'},{'Name':'S2'}],"                                                       \
  "'People':[{'Name':'Ann','Id':'" ID_B "','Role':'Hero','Type':'Actor','PrimaryImageTag':'f'},"   \
  "{'Name':'Gus','Type':'GuestStar'},{'Id':'" ID_C "'},{'Name':'Dee','Type':'Director',"           \
  "'Role':''}],"                                                                                   \
  "'Chapters':[{'StartPositionTicks':0,'Name':'One','ImageTag':'c0'},"                             \
  "{'StartPositionTicks':1000000000,'Name':'Two'}],"                                               \
  "'MediaSources':[{'Id':'" ID_B "','Name':'Small','Container':'mov,mp4,m4a','Path':'/x/y.mp4',"   \
  "'Size':100,'Bitrate':1000,'ETag':'tag','RunTimeTicks':6000000000,'DefaultAudioStreamIndex':3,"  \
  "'DefaultSubtitleStreamIndex':1,'MediaStreams':["                                                \
  "{'Type':'Subtitle','Codec':'subrip','Index':0,'IsExternal':true,'Language':'deu'},"             \
  "{'Type':'Subtitle','Codec':'pgs','Index':1,'IsExternal':true},"                                 \
  "{'Type':'Video','Codec':'h264','Index':2,'Width':1280,'Height':720,'RealFrameRate':23.976,"     \
  "'VideoRangeType':'SDR'},"                                                                       \
  "{'Type':'Audio','Codec':'aac','Index':3,'Channels':6,'DisplayTitle':'English 5.1'},"            \
  "{'Type':'Subtitle','Codec':'ass','Index':4,'IsForced':true},"                                   \
  "{'Type':'Smell','Index':5}]},"                                                                  \
  "{'Id':'" ID_A "','Name':'Big','Container':'mkv','Size':'900','Bitrate':9000,'MediaStreams':["   \
  "{'Type':'Video','Codec':'hevc','Index':0,'Width':3840,'Height':2160,"                           \
  "'VideoRangeType':'DOVIWithHDR10'}]},"                                                           \
  "{'Id':'" ID_C "','Type':'Placeholder'},{'Name':'No id'}]}"

static void
test_versions (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  BijouVersion *big, *small;
  BijouPart *part;

  g_assert_cmpuint (detail->versions->len, ==, 2);
  big = g_ptr_array_index (detail->versions, 0);
  small = g_ptr_array_index (detail->versions, 1);
  g_assert_cmpstr (big->title, ==, "Big");
  g_assert_cmpint (big->size, ==, 900);
  g_assert_cmpint (big->height, ==, 2160);
  g_assert_cmpstr (small->id, ==, ID_B);
  g_assert_cmpstr (small->container, ==, "mp4");
  g_assert_cmpint (small->duration_ms, ==, 600000);
  part = g_ptr_array_index (small->parts, 0);
  g_assert_cmpstr (part->key, ==, ID_A "/" ID_B);
  g_assert_cmpstr (part->version_tag, ==, "tag");
  g_assert_cmpuint (part->streams->len, ==, 6);
}

static BijouStream *
get_stream (BijouDetail *detail, guint version, guint index)
{
  BijouVersion *from = g_ptr_array_index (detail->versions, version);
  BijouPart *part = g_ptr_array_index (from->parts, 0);

  return g_ptr_array_index (part->streams, index);
}

static void
test_streams (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  BijouStream *beside = get_stream (detail, 1, 0);
  BijouStream *bitmap = get_stream (detail, 1, 1);
  BijouStream *video = get_stream (detail, 1, 2);
  BijouStream *audio = get_stream (detail, 1, 3);
  BijouStream *inside = get_stream (detail, 1, 4);
  BijouStream *unknown = get_stream (detail, 1, 5);

  g_assert_true (beside->external);
  g_assert_cmpint (beside->index, ==, -1);
  g_assert_cmpstr (beside->id, ==, "0");
  g_assert_cmpstr (beside->key, ==, ID_A "/" ID_B "/0/srt");
  g_assert_cmpstr (beside->language, ==, "deu");
  g_assert_false (beside->selected);
  g_assert_null (bitmap->key);
  g_assert_true (bitmap->selected);
  g_assert_cmpint (video->index, ==, 0);
  g_assert_cmpstr (video->id, ==, "2");
  g_assert_cmpfloat (video->frame_rate, ==, 23.976);
  g_assert_cmpstr (video->range, ==, "SDR");
  g_assert_true (video->selected);
  g_assert_cmpint (audio->index, ==, 1);
  g_assert_cmpint (audio->channels, ==, 6);
  g_assert_cmpstr (audio->title, ==, "English 5.1");
  g_assert_true (audio->selected);
  g_assert_cmpint (inside->index, ==, 2);
  g_assert_true (inside->forced);
  g_assert_null (inside->key);
  g_assert_cmpint (unknown->kind, ==, BIJOU_STREAM_OTHER);
  g_assert_cmpstr (get_stream (detail, 0, 0)->range, ==, "Dolby Vision");
}

static void
test_people_and_chapters (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  BijouPerson *hero, *guest, *director;
  BijouChapter *first, *second;

  g_assert_cmpuint (detail->people->len, ==, 3);
  hero = g_ptr_array_index (detail->people, 0);
  guest = g_ptr_array_index (detail->people, 1);
  director = g_ptr_array_index (detail->people, 2);
  g_assert_cmpstr (hero->image, ==, ID_B "/Primary/0/f");
  g_assert_cmpstr (hero->role, ==, "Hero");
  g_assert_cmpstr (guest->kind, ==, "actor");
  g_assert_null (guest->image);
  g_assert_cmpstr (director->kind, ==, "director");
  g_assert_null (director->role);
  g_assert_cmpstr (detail->studios[1], ==, "S2");

  g_assert_cmpuint (detail->chapters->len, ==, 2);
  first = g_ptr_array_index (detail->chapters, 0);
  second = g_ptr_array_index (detail->chapters, 1);
  g_assert_cmpstr (first->image, ==, ID_A "/Chapter/0/c0");
  g_assert_cmpint (first->end_ms, ==, 100000);
  g_assert_null (second->image);
  g_assert_cmpint (second->end_ms, ==, 600000);
}

static void
test_more_parts (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  g_autoptr (JsonNode) answer =
      parse_node ("{'Items':[{'Id':'" ID_C "','MediaSources':[{'Id':'" ID_C "','Size':50,"
                  "'RunTimeTicks':1000000}]},{'Id':'" ID_B "'}]}");
  BijouVersion *big;
  BijouPart *second;

  g_assert_true (bijou_jellyfin_has_more_parts (object));
  bijou_jellyfin_add_parts (detail, answer);
  big = g_ptr_array_index (detail->versions, 0);
  g_assert_cmpuint (big->parts->len, ==, 2);
  g_assert_cmpint (big->size, ==, 950);
  second = g_ptr_array_index (big->parts, 1);
  g_assert_cmpstr (second->key, ==, ID_C "/" ID_C);
}

static void
test_segments (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  g_autoptr (JsonNode) answer =
      parse_node ("{'Items':[{'Type':'Outro','StartTicks':5000000000,'EndTicks':6000000000},"
                  "{'Type':'Intro','StartTicks':100000000,'EndTicks':400000000},"
                  "{'Type':'Wormhole','StartTicks':500000000,'EndTicks':600000000},"
                  "{'Type':'Intro','StartTicks':5,'EndTicks':5},{'Type':'Intro','StartTicks':-9,"
                  "'EndTicks':-1},{}]}");
  BijouSegment *first, *second, *third;

  bijou_jellyfin_add_segments (detail, answer);
  g_assert_cmpuint (detail->segments->len, ==, 3);
  first = g_ptr_array_index (detail->segments, 0);
  second = g_ptr_array_index (detail->segments, 1);
  third = g_ptr_array_index (detail->segments, 2);
  g_assert_cmpint (first->kind, ==, BIJOU_SEGMENT_INTRO);
  g_assert_cmpint (first->start_ms, ==, 10000);
  g_assert_cmpint (first->end_ms, ==, 40000);
  g_assert_cmpint (second->kind, ==, BIJOU_SEGMENT_OTHER);
  g_assert_cmpint (third->kind, ==, BIJOU_SEGMENT_CREDITS);
}

static void
test_similar (void)
{
  g_autoptr (JsonObject) object = parse (DETAIL);
  g_autoptr (BijouDetail) detail = bijou_jellyfin_parse_detail (object, "server");
  g_autoptr (JsonNode) answer = parse_node ("{'Items':[{'Id':'" DASHED_A "'},{'Id':3},{}]}");

  bijou_jellyfin_add_similar (detail, answer);
  g_assert_cmpuint (detail->similar->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (detail->similar, 0), ==, ID_A);
}

static void
test_authorization (void)
{
  BijouClientInfo client = { "dev-1", "Jürgen's \"box\", +1", "0.1" };
  BijouClientInfo empty = { "dev-1", "", NULL };
  g_autofree char *with = bijou_jellyfin_make_authorization (&client, "dev-1", "tok");
  g_autofree char *without = bijou_jellyfin_make_authorization (&empty, "dev-1", NULL);

  g_assert_cmpstr (with, ==,
                   "MediaBrowser Client=\"Bijou\", "
                   "Device=\"J%C3%BCrgen%27s%20%22box%22%2C%20%2B1\", DeviceId=\"dev-1\", "
                   "Version=\"0.1\", Token=\"tok\"");
  g_assert_null (strstr (without, "Token"));
  g_assert_null (strstr (without, "\"\""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jellyfin/parse/id", test_id);
  g_test_add_func ("/jellyfin/parse/ticks", test_ticks);
  g_test_add_func ("/jellyfin/parse/movie", test_movie);
  g_test_add_func ("/jellyfin/parse/episode", test_episode);
  g_test_add_func ("/jellyfin/parse/episode-bare", test_episode_bare);
  g_test_add_func ("/jellyfin/parse/season-and-show", test_season_and_show);
  g_test_add_func ("/jellyfin/parse/wrong-types", test_wrong_types);
  g_test_add_func ("/jellyfin/parse/odd-values", test_odd_values);
  g_test_add_func ("/jellyfin/parse/year-from-date", test_year_from_date);
  g_test_add_func ("/jellyfin/parse/kinds", test_kinds);
  g_test_add_func ("/jellyfin/parse/video-images", test_video_images);
  g_test_add_func ("/jellyfin/parse/page", test_page);
  g_test_add_func ("/jellyfin/parse/page-without-list", test_page_without_list);
  g_test_add_func ("/jellyfin/parse/bare-array", test_bare_array);
  g_test_add_func ("/jellyfin/parse/latin1", test_latin1);
  g_test_add_func ("/jellyfin/parse/libraries", test_libraries);
  g_test_add_func ("/jellyfin/parse/libraries-missing", test_libraries_missing);
  g_test_add_func ("/jellyfin/parse/identity", test_identity);
  g_test_add_func ("/jellyfin/parse/versions", test_versions);
  g_test_add_func ("/jellyfin/parse/streams", test_streams);
  g_test_add_func ("/jellyfin/parse/people-and-chapters", test_people_and_chapters);
  g_test_add_func ("/jellyfin/parse/more-parts", test_more_parts);
  g_test_add_func ("/jellyfin/parse/segments", test_segments);
  g_test_add_func ("/jellyfin/parse/similar", test_similar);
  g_test_add_func ("/jellyfin/parse/authorization", test_authorization);

  return g_test_run ();
}
