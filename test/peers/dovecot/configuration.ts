/** What a private Dovecot needs to know; everything it has is under `folder`. */
export interface DovecotPlaces {
  readonly folder: string;
  readonly imapPort: number;
  readonly imapsPort: number;
  /** Whose the mail is, and who its own processes run as. */
  readonly mailUser: string;
  readonly mailGroup: string;
  readonly innerUser: string;
  readonly innerGroup: string;
  readonly loginUser: string;
}

/** `dovecot.conf` of Dovecot 2.3: any user, password `secret`, or a token signed with the key of `oauth2.conf`. */
export function dovecotConf(at: DovecotPlaces): string {
  const { folder } = at;
  return `protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
default_internal_user = ${at.innerUser}
default_internal_group = ${at.innerGroup}
default_login_user = ${at.loginUser}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
mail_location = maildir:~/Maildir
maildir_very_dirty_syncs = yes
mail_max_userip_connections = 600
mailbox_idle_check_interval = 2 secs
default_process_limit = 600
default_client_limit = 2400
default_vsz_limit = 1G
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain login
  args = password=secret
}
userdb {
  driver = static
  args = uid=${at.mailUser} gid=${at.mailGroup} home=${folder}/mail/%n allow_all_users=yes
}
service imap-login {
  service_count = 0
  process_min_avail = 1
  chroot =
  inet_listener imap {
    port = ${at.imapPort}
  }
  inet_listener imaps {
    port = ${at.imapsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`;
}

/** Tokens are checked by their signature alone, with nobody asked. */
export function oauth2Conf(folder: string): string {
  return `introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${folder}/keys/
username_attribute = sub
`;
}
