// saxes: sessions are built while it reads, without a tree.

import { SaxesParser } from 'saxes';
import * as shape from './shape.mjs';

export const name = 'saxes';

export function read(xml) {
  const sessions = [];
  let text = '';
  let [session, person, event, file] = [];
  let inner; // the attributes of the element whose text comes
  const parser = new SaxesParser({ position: false });
  const take = (more) => { text += more; };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    switch (name) {
      case 'session':
        session = { lsid: attributes.lsid, customers: [], representatives: [], teams: [], attributes: [], events: [] };
        break;
      case 'start_time': session.start = attributes.timestamp; break;
      case 'end_time': session.end = attributes.timestamp; break;
      case 'primary_rep': session.primaryRepresentative = attributes.gsnumber; break;
      case 'customer':
      case 'representative':
        person = { gsnumber: attributes.gsnumber, id: attributes.id };
        break;
      case 'event':
        event = { timestamp: attributes.timestamp, kind: attributes.event_type, by: null, to: null, body: null, encodedBody: null, data: [], files: [], fileName: null, fileSize: null };
        break;
      case 'performed_by':
      case 'destination':
      case 'custom_attribute':
        inner = attributes;
        break;
      case 'value': event.data.push(shape.value(attributes.name, attributes.value)); break;
      case 'file': file = { fileName: null, fileSize: null }; break;
    }
  });
  parser.on('closetag', ({ name }) => {
    switch (name) {
      case 'session': sessions.push(shape.session(session)); break;
      case 'duration': session.duration = text.trim(); break;
      case 'external_key': session.externalKey = text.trim(); break;
      case 'public_site': session.publicSite = text.trim(); break;
      case 'session_chat_view_url': session.chatUrl = text.trim(); break;
      case 'session_recording_view_url': session.recordingUrl = text.trim(); break;
      case 'primary_customer': session.primaryCustomer = text.trim(); break;
      case 'team': session.teams.push(text.trim()); break;
      case 'custom_attribute':
        if (text) session.attributes.push(shape.attribute(inner.code_name, text.trim()));
        break;
      case 'customer': session.customers.push(shape.customer(person)); break;
      case 'representative': session.representatives.push(shape.representative(person)); break;
      case 'username': person.username = text.trim(); break;
      case 'hostname': person.hostname = text.trim(); break;
      case 'os': person.os = text.trim(); break;
      case 'public_ip': person.publicIp = text.trim(); break;
      case 'private_ip': person.privateIp = text.trim(); break;
      case 'name': person.name = text.trim(); break;
      case 'company': person.company = text.trim(); break;
      case 'display_name': person.display = text.trim(); break;
      case 'public_display_name': person.public = text.trim(); break;
      case 'private_display_name': person.private = text.trim(); break;
      case 'session_owner': person.owner = text.trim(); break;
      case 'seconds_involved': person.secondsInvolved = text.trim(); break;
      case 'event': session.events.push(shape.event(event)); break;
      case 'performed_by': event.by = shape.party(inner.type, inner.gsnumber, text.trim()); break;
      case 'destination': event.to = shape.party(inner.type, inner.gsnumber, text.trim()); break;
      case 'body': event.body = text.trim(); break;
      case 'encoded_body': event.encodedBody = text.trim(); break;
      case 'filename': (file ?? event).fileName = text.trim(); break;
      case 'filesize': (file ?? event).fileSize = text.trim(); break;
      case 'file':
        event.files.push(shape.file(file.fileName, file.fileSize));
        file = undefined;
        break;
    }
  });
  parser.write(xml).close();
  return sessions;
}
